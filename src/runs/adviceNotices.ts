import type { StoreApi } from 'zustand/vanilla';
import { adviceOn } from '../config/advice';
import type { Config } from '../config/fields';
import type { NoticeBoard } from './notices';
import type { LaneId, Scope } from './state';

/** Says beside a lane what of its configuration has nothing to show, when that changes: what was dismissed stays so. */
export function createAdviceNotices(store: StoreApi<Scope>, notices: NoticeBoard): () => void {
  const said = new Map<LaneId, { config: Config; texts: string[] }>();

  const look = ({ lanes }: Scope) => {
    for (const { id, config } of lanes) {
      const before = said.get(id);
      if (before?.config === config) continue;
      const texts = adviceOn(config);
      said.set(id, { config, texts });
      if (`${texts}` === `${before?.texts ?? []}`) continue;
      notices.retell(
        `advice ${id}`,
        texts.map((text) => ({ level: 'info', about: id, text })),
      );
    }
    for (const id of said.keys()) if (!lanes.some((lane) => lane.id === id)) said.delete(id);
  };

  look(store.getState());
  return store.subscribe((state, before) => {
    if (state.lanes !== before.lanes) look(state);
  });
}
