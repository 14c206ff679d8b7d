import type { EngineState } from './state';

/** A lane's engine before it has answered. */
export const NOTHING_YET: EngineState = {
  status: 'starting',
  error: null,
  device: null,
  model: null,
  latest: null,
  evaluation: null,
  unevaluated: null,
  cost: null,
};

/** The newest measurement is of a model that was not evaluated yet. */
export const needsEvaluation = (engine: EngineState): boolean => {
  const { status, latest, evaluation, unevaluated } = engine;
  return (
    status === 'ready' &&
    latest !== null &&
    evaluation?.training !== latest &&
    unevaluated?.training !== latest
  );
};
