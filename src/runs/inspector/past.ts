import type { BackendId } from '../../protocol/engine';
import { unpack, type Frame, type Measurement } from '../../protocol/frame';
import type { Raw, RawRequest } from '../../protocol/raw';
import { connect, spawnSafely, type Client, type WorkerLike } from '../client';
import { unreachable } from '../reach';
import { replay } from '../replay';
import { checkpointBefore, type Checkpoint, type Run } from '../run';
import type { LaneId } from '../laneId';

/** A step of a lane’s run, and what leads to it. */
export interface PastStep {
  lane: LaneId;
  backend: BackendId;
  measurement: Measurement;
  run: Run;
  checkpoints: readonly Checkpoint[];
  text: string;
}

const KINDS = ['site', 'head', 'param', 'norm'] as const;
/** Every number of two frames is the same to the bit; NaN equals NaN. */
const sameFrames = (a: Frame, b: Frame): boolean =>
  Object.is(a.loss, b.loss) &&
  KINDS.every((kind) => {
    const [mine, other] = [a[kind], b[kind]] as Record<string, Float32Array>[];
    return Object.keys(mine!).every((id) =>
      mine![id]!.every((x, i) => Object.is(x, other![id]?.[i])),
    );
  });

interface Way {
  isWanted(): boolean;
  onStep(step: number): void;
}

/** Two measurements are of one step of one run. */
export const isSameStep = (a: Measurement, b: Measurement) =>
  a.config === b.config && a.frame.step === b.frame.step && Object.is(a.frame.loss, b.frame.loss);

/**
 * An engine of the inspector’s own, which goes to steps that lanes have left behind while they train on or rest.
 * Where it has been it keeps a checkpoint of each lane’s last step: another view of that step costs no way.
 */
export function createPastEngine(spawn: () => WorkerLike) {
  let client: Client | null = null;
  let opened: BackendId | null = null;
  const been = new Map<
    LaneId,
    { measurement: Measurement; checkpoint: Checkpoint; same: boolean }
  >();

  const close = () => {
    client?.dispose();
    client = null;
    been.clear();
  };
  const engineFor = async (backend: BackendId): Promise<Client> => {
    if (client?.isAlive() && opened === backend) return client;
    close();
    client = connect(spawnSafely(spawn), () => {});
    opened = backend;
    await client.open({ backend });
    // Lanes that train go first.
    await client.useThreads(1);
    return client;
  };

  return {
    /**
     * Tensors of the step, and whether what was recorded there came again to the bit; null where it was called off.
     *
     * @throws Error where no checkpoint leads there, or the engine fails
     */
    async inspect(
      { lane, backend, measurement, run, checkpoints, text }: PastStep,
      request: RawRequest,
      way: Way,
    ): Promise<{ raw: Raw; same: boolean } | null> {
      const { step: to } = measurement.frame;
      // Several changes may stand at one step: those up to the configuration that was measured.
      const last = run.changes.findLastIndex(
        ({ step, config }) => step <= to && config === measurement.config,
      );
      if (last < 0) throw new Error('The run that this step was of has ended.');
      const changes = run.changes.slice(0, last + 1);
      const known = been.get(lane);
      const isKnown = known !== undefined && isSameStep(known.measurement, measurement);
      const checkpoint = isKnown ? known.checkpoint : checkpointBefore(checkpoints, to);
      if (!checkpoint)
        throw new Error(
          unreachable([{ id: lane, checkpoints: checkpoints.map(({ step }) => step) }], to) ??
            'There is no way to this step.',
        );
      const engine = await engineFor(backend);
      if (!way.isWanted()) return null;
      const report = await replay(engine, { checkpoint, changes, text, to }, way);
      if (!report) return null;
      let same = isKnown && known.same;
      if (!isKnown) {
        const { frame } = await engine.probe();
        same = sameFrames(unpack(report.layout, frame), measurement.frame);
        const bytes = await engine.saveCheckpoint();
        if (!way.isWanted()) return null;
        const here: Checkpoint = { step: to, changes: changes.length, bytes };
        been.set(lane, { measurement, checkpoint: here, same });
      }
      return { raw: await engine.inspect(request), same };
    },
    close,
  };
}

export type PastEngine = ReturnType<typeof createPastEngine>;
