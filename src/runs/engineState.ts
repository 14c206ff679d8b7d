import type { Config } from '../config/fields';
import type { DeviceReport, EngineProgress, ModelReport, StepReport } from '../protocol/engine';
import { evaluatedBeside, type Evaluation } from '../protocol/evaluation';
import type { Measurement } from '../protocol/frame';
import { costAfter } from './cost';
import type { EngineState } from './state';

/** An engine's state as the page sees it, and what else its queue goes by. */
export interface Standing {
  engine: EngineState;
  config: Config | null;
  /** The step at which the model stands: the next update’s. */
  at: number;
  /** Jobs in the queue that will bring a new model. */
  builds: number;
  /** The engine began a model that was not measured yet: what is shown and logged is of another one. */
  isUnseen: boolean;
  /** Threads that it was told of; a step that fails ends them. */
  threads: number;
}

export const NOTHING_YET: EngineState = {
  status: 'starting',
  error: null,
  progress: null,
  device: null,
  model: null,
  latest: null,
  evaluation: null,
  unevaluated: null,
  cost: null,
};

/** A new engine in place of another, whose measurements stay until it has its own. */
export const startedAfter = (engine: EngineState): EngineState => ({
  ...engine,
  status: 'starting',
  error: null,
  progress: null,
  device: null,
  cost: null,
});

/** The newest measurement is of a model that was not evaluated yet. */
export const needsEvaluation = ({ status, latest, evaluation, unevaluated }: EngineState) =>
  status === 'ready' &&
  latest !== null &&
  evaluation?.training !== latest &&
  unevaluated?.training !== latest;

const withEngine = (standing: Standing, changes: Partial<EngineState>): Standing => ({
  ...standing,
  engine: { ...standing.engine, ...changes },
});

export const standingAt = (engine: EngineState): Standing => ({
  engine,
  config: null,
  at: 0,
  builds: 0,
  isUnseen: true,
  threads: 1,
});

export const opened = (standing: Standing, device: DeviceReport): Standing =>
  withEngine(standing, { device, status: 'building' });

/** Progress of the job that the engine works on; null where it is done. */
export const progressed = (standing: Standing, progress: EngineProgress | null): Standing =>
  standing.engine.progress === progress ? standing : withEngine(standing, { progress });

/** A job that will bring a new model was queued. */
export const buildQueued = (standing: Standing): Standing => {
  const queued = { ...standing, builds: standing.builds + 1 };
  if (standing.engine.status === 'starting') return queued;
  return withEngine(queued, { status: 'building', error: null });
};

export const buildBegun = (standing: Standing, config = standing.config): Standing => ({
  ...standing,
  config,
  builds: standing.builds - 1,
});

/** The engine has a model, which is not measured yet. */
export const modelMade = (standing: Standing, { kept }: ModelReport): Standing => ({
  ...standing,
  isUnseen: standing.isUnseen || !kept,
});

/** A new or changed model and its first measurement, shown together. */
export const modelMeasured = (
  standing: Standing,
  model: EngineState['model'],
  latest: Measurement,
): Standing => ({
  ...withEngine(standing, {
    model,
    latest,
    cost: null,
    error: null,
    status: standing.builds > 0 ? 'building' : 'ready',
  }),
  isUnseen: false,
  at: latest.frame.step,
});

/** The engine refused a model, and keeps the one that it had. */
export const buildRefused = (standing: Standing): Standing =>
  standing.engine.status === 'building' && standing.config && standing.builds === 0
    ? withEngine(standing, { status: 'ready' })
    : standing;

/** Another measurement of the same model, and the report of a step that tells its cost. */
export const measured = (
  standing: Standing,
  latest: Measurement,
  report: StepReport | null,
): Standing => ({
  ...withEngine(standing, {
    latest,
    cost: report ? costAfter(standing.engine.cost, report) : standing.engine.cost,
  }),
  // A step was measured before its update.
  at: latest.frame.step + (report ? 1 : 0),
});

/** An evaluation of the newest measurement's step, or the reason why there is none. */
export const evaluated = (standing: Standing, evaluation: Evaluation | string): Standing => {
  const { latest } = standing.engine;
  if (!latest) return standing;
  return withEngine(
    standing,
    typeof evaluation === 'string'
      ? { unevaluated: { training: latest, reason: evaluation } }
      : { evaluation: evaluatedBeside(latest, evaluation), unevaluated: null },
  );
};

export const failed = (standing: Standing, reason: string): Standing => ({
  ...withEngine(standing, {
    status: 'failed',
    progress: null,
    error: reason,
  }),
  threads: 1,
});
