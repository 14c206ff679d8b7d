import type { StoreApi } from 'zustand/vanilla';
import type { Config } from '../config/fields';
import { norms } from '../config/norms';
import { percent } from '../lib/percent';
import type { Measurement } from '../protocol/frame';
import type { NoticeBoard } from './notices';
import type { EngineState, Lane, LaneId, Scope } from './state';

/** Tokens of a causal model meet in a norm: earlier ones are told of later ones. */
export const leaks = (of: Measurement | null): boolean =>
  of !== null && of.config.causal && of.config.seq_len > 1 && of.layout.norms.length > 0;

/** The leak of the model in training, as far as it is measured. */
const leakOf = ({ latest, evaluation }: EngineState) =>
  evaluation?.config === latest?.config ? (evaluation?.leak ?? null) : null;

/** “BatchNorm’s statistics are over all tokens, so this causal model leaks: …” */
function warning(engine: EngineState): string {
  const { norm } = engine.latest!.config;
  const whose = norms[norm].over === 'batch' ? `${norms[norm].label}’s` : 'Some norms’';
  const why = `${whose} statistics are over all tokens, so this causal model leaks:`;
  const leak = leakOf(engine);
  if (!leak) return `${why} earlier tokens are told of later ones.`;
  const { training, evaluation } = leak;
  return `${why} changing the last token moves earlier outputs by ${percent(training)} (batch statistics), ${percent(evaluation)} (running statistics) at step ${engine.evaluation!.frame.step}.`;
}

/**
 * Warns beside a causal lane whose norm is over the batch: once, and once more when the leak of a model is
 * measured. How it goes on is for the panels to show.
 */
export function createLeakNotices(store: StoreApi<Scope>, notices: NoticeBoard): () => void {
  /** The warning beside a lane, and the configuration of the model whose leak it puts in numbers. */
  const said = new Map<LaneId, { text: string; measured: Config | null }>();
  const topicOf = (id: LaneId) => `leak ${id}`;
  const stands = (id: LaneId, text: string) =>
    store.getState().notices.some((notice) => notice.about === id && notice.text === text);

  const look = ({ id, engine }: Lane) => {
    const before = said.get(id);
    if (!leaks(engine.latest) || engine.status === 'starting') {
      if (before) notices.takeBack(topicOf(id));
      said.delete(id);
      return;
    }
    const measured = leakOf(engine) ? engine.latest!.config : null;
    // A dismissed warning does not come back.
    if (before && (!measured || before.measured === measured || !stands(id, before.text))) return;
    const text = warning(engine);
    if (text === before?.text) return;
    said.set(id, { text, measured });
    notices.retell(topicOf(id), [{ level: 'warning', about: id, text }]);
  };

  const lookAll = ({ lanes }: Scope) => {
    for (const lane of lanes) look(lane);
    for (const id of said.keys()) if (!lanes.some((lane) => lane.id === id)) said.delete(id);
  };

  lookAll(store.getState());
  return store.subscribe((state, before) => {
    if (state.lanes !== before.lanes) lookAll(state);
  });
}
