import { decodeNumbers, encodeSafetensors, type NamedTensor } from '../../lib/safetensors';
import type { Batch } from '../../lib/batch';
import type { Evaluation } from '../../protocol/evaluation';
import type { PackedFrame } from '../../protocol/frame';
import type { Segment } from '../run';

/**
 * The part of a lane's record that its table does not hold: the batches of frames, and evaluations whole. It is a file of
 * tensors, each named by the number of the model that measured it. All of a model are of one size, as its settings are.
 */
type Numbers = Float32Array | Int32Array;
type Tensors = NamedTensor<Numbers>[];

/** The batches and evaluations of one model, which its frames’ numbers do not hold. */
type Beside = Pick<Segment, 'evaluations'> & { batches: [step: number, Batch][] };

const stacked = <T extends Numbers>(parts: readonly T[], of: new (length: number) => T): T => {
  const all = new of(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part as never, at);
    at += part.length;
  }
  return all;
};

const ints = (name: string, shape: number[], parts: readonly Int32Array[]) => ({
  ...{ name, shape: [parts.length, ...shape], data: stacked(parts, Int32Array) },
});
const floats = (name: string, shape: number[], parts: readonly Float32Array[]) => ({
  ...{ name, shape: [parts.length, ...shape], data: stacked(parts, Float32Array) },
});

function batchTensors(at: string, batches: Beside['batches']): Tensors {
  const first = batches[0]?.[1];
  if (!first) return [];
  const own = batches.map(([, batch]) => batch);
  const shape = [first.B, first.T];
  return [
    ints(
      `${at}/steps`,
      [],
      batches.map(([step]) => Int32Array.of(step)),
    ),
    ints(
      `${at}/inputs`,
      shape,
      own.map(({ inputs }) => inputs),
    ),
    ints(
      `${at}/targets`,
      shape,
      own.map(({ targets }) => targets),
    ),
  ];
}

function evaluationTensors(at: string, evaluations: readonly Evaluation[]): Tensors {
  const first = evaluations[0];
  if (!first) return [];
  const { seq_len: T, frame, position } = first;
  const batches = evaluations.flatMap(({ frame: { step, batch } }): Beside['batches'] =>
    batch ? [[step, batch]] : [],
  );
  const by = (id: keyof Evaluation['position']) =>
    floats(
      `${at}/position/${id}`,
      [position[id].length],
      evaluations.map((one) => one.position[id]),
    );
  return [
    ints(
      `${at}/steps`,
      [],
      evaluations.map((one) => Int32Array.of(one.frame.step)),
    ),
    ints(`${at}/seq_len`, [], [Int32Array.of(T)]),
    floats(
      `${at}/numbers`,
      [frame.packed.length],
      evaluations.map((one) => one.frame.packed),
    ),
    ...[by('loss'), by('rms'), by('entropy')],
    ints(
      `${at}/same_batch`,
      [],
      evaluations.map(({ sameBatch }) => Int32Array.of(Number(sameBatch))),
    ),
    ints(
      `${at}/has_leak`,
      [],
      evaluations.map(({ leak }) => Int32Array.of(Number(leak !== null))),
    ),
    floats(
      `${at}/leak`,
      [2],
      evaluations.map(({ leak }) =>
        Float32Array.of(leak?.training ?? NaN, leak?.evaluation ?? NaN),
      ),
    ),
    ...batchTensors(`${at}/batch`, batches),
  ];
}

const nothing = (): Beside => ({ batches: [], evaluations: new Map() });

/** Takes segments of a lane as they come, each of the model of that number, and gives the file in the end. */
export function createBeside() {
  const models: Beside[] = [];
  return {
    add(model: number, { frames, evaluations }: Pick<Segment, 'frames' | 'evaluations'>): void {
      const own = (models[model] ??= nothing());
      for (const { step, batch } of frames) if (batch) own.batches.push([step, batch]);
      for (const [step, evaluation] of evaluations) own.evaluations.set(step, evaluation);
    },
    /** Null where there is nothing to keep. */
    finish(): Uint8Array<ArrayBuffer> | null {
      const tensors = [...models.entries()].flatMap(([model, own = nothing()]) => [
        ...batchTensors(`${model}/batch`, own.batches),
        ...evaluationTensors(`${model}/evaluation`, [...own.evaluations.values()]),
      ]);
      return tensors.length ? encodeSafetensors(tensors, {}) : null;
    },
  };
}

/** The file of a lane, read model by model. */
export function besideIn(bytes: Uint8Array): (model: number) => {
  batches: Map<number, Batch>;
  evaluations: Map<number, Evaluation>;
} {
  const tensors = decodeNumbers(bytes);
  const rowsOf = <T extends Numbers>(name: string): T[] => {
    const found = tensors.get(name);
    if (!found) return [];
    const { shape, data } = found;
    const size = data.length / Math.max(1, shape[0]!);
    return Array.from({ length: shape[0]! }, (_, i) => data.slice(i * size, (i + 1) * size) as T);
  };
  const wholes = (name: string): number[] => rowsOf<Int32Array>(name).map(([value]) => value!);
  const batchesAt = (at: string): Map<number, Batch> => {
    const [B = 0, T = 0] = tensors.get(`${at}/inputs`)?.shape.slice(1) ?? [];
    const [inputs, targets] = ['inputs', 'targets'].map((id) => rowsOf<Int32Array>(`${at}/${id}`));
    return new Map(
      wholes(`${at}/steps`).map((step, i) => [
        step,
        { inputs: inputs![i]!, targets: targets![i]!, B, T },
      ]),
    );
  };
  return (model) => {
    const at = `${model}/evaluation`;
    const batches = batchesAt(`${at}/batch`);
    const [seq_len = 0] = wholes(`${at}/seq_len`);
    const [sameBatch, hasLeak] = [wholes(`${at}/same_batch`), wholes(`${at}/has_leak`)];
    const rows = (id: string) => rowsOf<Float32Array>(`${at}/${id}`);
    const [numbers, leaks, loss, rms, entropy] = [
      ...[rows('numbers'), rows('leak')],
      ...[rows('position/loss'), rows('position/rms'), rows('position/entropy')],
    ] as [Float32Array[], Float32Array[], Float32Array[], Float32Array[], Float32Array[]];
    return {
      batches: batchesAt(`${model}/batch`),
      evaluations: new Map(
        wholes(`${at}/steps`).map((step, i): [number, Evaluation] => {
          const frame: PackedFrame = {
            ...{ step, packed: numbers[i]!, batch: batches.get(step) ?? null },
          };
          const [training, evaluation] = leaks[i]!;
          return [
            step,
            {
              ...{ frame, seq_len, sameBatch: sameBatch[i] === 1 },
              position: { loss: loss[i]!, rms: rms[i]!, entropy: entropy[i]! },
              leak: hasLeak[i] ? { training: training!, evaluation: evaluation! } : null,
            },
          ];
        }),
      ),
    };
  };
}
