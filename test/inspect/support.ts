import type { Config } from '../../src/config/fields';
import { read, wantedBy } from '../../src/inspect/read';
import type { LanePrediction, Looking, Readings, ViewId } from '../../src/inspect/readings';
import type { Frame } from '../../src/protocol/frame';
import type { Raw, RawRequest } from '../../src/protocol/raw';
import { measured, nested, sessionOf, TINY, weightsOf } from '../engine/support';
import { perturb } from '../parity/cases';
import { referenceFrame } from '../reference';
import type { Seen } from '../reference/inspection';

export interface Model {
  seen: Seen;
  config: Config;
  frame: Frame;
  /** The engine’s tensors of the step that the frame was measured on. */
  raw(request: RawRequest): Promise<Raw>;
  dispose(): void;
}

/** A model whose gains and biases are drawn at random, with all that flows in it. */
export async function modelOf(settings: Partial<Config>): Promise<Model> {
  const session = await sessionOf({ ...TINY, ...settings });
  await perturb(session);
  const { config } = session;
  const weights = await weightsOf(session);
  const frame = await measured(session);
  const batch = nested(frame);
  const seen = { config, weights, batch, frame: referenceFrame(config, weights, batch) };
  return {
    ...{ seen, config, frame },
    raw: (request) => session.inspect(request),
    dispose: () => session.dispose(),
  };
}

export const lookingAt = <V extends ViewId>(view: V, looking: Partial<Looking> = {}) => ({
  ...{ place: 'blocks.0.resid_post', head: 0, sequence: 0, token: 0 },
  ...looking,
  view,
});

/** A view of models, through its own request. */
export async function viewOf<V extends ViewId>(
  looking: Looking & { view: V },
  ...models: Model[]
): Promise<Readings[V]> {
  const raws: Raw[] = [];
  // One after the other: sessions share a backend.
  for (const model of models) raws.push(await model.raw(wantedBy(looking, model.config)));
  return read(looking, raws) as unknown as Readings[V];
}

export type LensStatistic = 'crossEntropy' | 'entropy' | 'accuracy' | 'rank';
export const LENS: readonly (keyof LanePrediction & LensStatistic)[] = [
  'crossEntropy',
  'entropy',
  'accuracy',
  'rank',
];

/** Numbers that differ by more than float32 may make them, in words: relative, or absolute where that is more. */
export function apart(
  what: string,
  got: ArrayLike<number>,
  wanted: ArrayLike<number>,
  absolute = 1e-6,
): string[] {
  if (got.length !== wanted.length) return [`${what}: ${got.length} numbers, not ${wanted.length}`];
  return Array.from(got).flatMap((value, i) => {
    const right = wanted[i]!;
    const isRight =
      Object.is(value, right) ||
      Math.abs(value - right) <= Math.max(1e-3 * Math.abs(right), absolute);
    return isRight ? [] : [`${what}[${i}]: ${value}, not ${right}`];
  });
}
