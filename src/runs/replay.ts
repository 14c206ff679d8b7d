import type { Engine, ModelReport } from '../protocol/engine';
import type { Change, Checkpoint } from './run';

/** Milliseconds of steps after which the page hears how far they are, and may call them off. */
const PIECE = 100;

/** The way to a step of a run: from a checkpoint, through what the model was given since. */
export interface Course {
  checkpoint: Checkpoint;
  changes: readonly Change[];
  /** The text of the run, for the task that reads one. */
  text: string;
  to: number;
}

/**
 * Brings a model to a step of a run: the bits are those of the run, as draws and batches follow from seed and step.
 *
 * @param isWanted asked between pieces of the way: where it is not, there is no report, and the model stands anywhere
 */
export async function replay(
  engine: Pick<Engine, 'restore' | 'advance' | 'configure'>,
  { checkpoint, changes, text, to }: Course,
  { isWanted, onStep }: { isWanted(): boolean; onStep(step: number): void },
): Promise<ModelReport | null> {
  let report = await engine.restore({ checkpoint: checkpoint.bytes, text });
  let { step } = report;
  const advance = async (until: number) => {
    onStep(step);
    while (step < until && isWanted()) {
      ({ step } = await engine.advance({ until, ms: PIECE }));
      onStep(step);
    }
  };
  for (const { step: at, config } of changes.slice(checkpoint.changes)) {
    await advance(at);
    if (!isWanted()) return null;
    report = await engine.configure({ config, text });
  }
  await advance(to);
  return isWanted() ? { ...report, step } : null;
}
