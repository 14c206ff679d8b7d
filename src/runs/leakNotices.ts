import type { StoreApi } from 'zustand/vanilla';
import type { Config } from '../config/fields';
import { norms } from '../config/norms';
import { percent } from '../lib/percent';
import type { NoticeBoard } from './notices';
import type { Lane, LaneId, Scope } from './state';

/** Whether tokens of a causal model meet in a norm: then earlier ones are told of later ones. */
export const leaks = ({ model, measured }: Lane): boolean =>
  Boolean(model && measured?.causal && measured.seq_len > 1 && model.layout.norms.length > 0);

/** The leak of the model on show, as far as it is measured. */
const leakOf = ({ measured, evaluation }: Lane) =>
  evaluation?.config === measured ? (evaluation?.leak ?? null) : null;

/** “BatchNorm’s statistics are over all tokens, so this causal model leaks: …” */
function warning(lane: Lane): string {
  const { norm } = lane.measured!;
  const whose = norms[norm].over === 'batch' ? `${norms[norm].label}’s` : 'Some norms’';
  const why = `${whose} statistics are over all tokens, so this causal model leaks:`;
  const leak = leakOf(lane);
  if (!leak) return `${why} earlier tokens are told of later ones.`;
  const { training, evaluation } = leak;
  return `${why} changing the last token moves earlier outputs by ${percent(training)} (batch statistics), ${percent(evaluation)} (running statistics) at step ${lane.evaluation!.frame.step}.`;
}

/** What was said of a lane, and of which model with a number. */
interface Said {
  text: string;
  measured: Config | null;
}

/**
 * Warns beside a causal lane whose norm is over the batch: once, and once more when the leak of a model is
 * measured. How it goes on is for the panels to show.
 */
export function createLeakNotices(store: StoreApi<Scope>, notices: NoticeBoard): () => void {
  const said = new Map<LaneId, Said>();
  const topicOf = (id: LaneId) => `leak ${id}`;
  const stands = (id: LaneId, { text }: Said) =>
    store.getState().notices.some((notice) => notice.about === id && notice.text === text);

  const look = (lane: Lane) => {
    const { id } = lane;
    const before = said.get(id);
    if (!leaks(lane) || lane.status === 'starting') {
      if (before) notices.takeBack(topicOf(id));
      said.delete(id);
      return;
    }
    const leak = leakOf(lane);
    const measured = leak ? lane.measured! : null;
    // What was dismissed stays so.
    if (before && (!measured || before.measured === measured || !stands(id, before))) return;
    const text = warning(lane);
    if (text === before?.text) return;
    notices.takeBack(topicOf(id));
    said.set(id, { text, measured });
    notices.notify({ level: 'warning', about: id, text }, topicOf(id));
  };

  return store.subscribe((state, before) => {
    if (state.lanes === before.lanes) return;
    for (const lane of state.lanes) look(lane);
    for (const id of said.keys()) {
      if (!state.lanes.some((lane) => lane.id === id)) said.delete(id);
    }
  });
}
