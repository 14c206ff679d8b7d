import type { Config } from '../../src/config/fields';
import { shapeOf, type SiteName } from '../../src/config/sites';
import { read, wantedBy } from '../../src/inspect/read';
import type { LanePrediction, Looking, Readings, ViewId } from '../../src/inspect/readings';
import type { Frame } from '../../src/protocol/frame';
import type { Raw, RawRequest, RawTensor } from '../../src/protocol/raw';
import { measured, nested, sessionOf, TINY, weightsOf } from '../engine/support';
import { perturb } from '../parity/cases';
import { referenceFrame } from '../reference';
import type { Seen } from '../reference/inspection';

export interface Model {
  seen: Seen;
  config: Config;
  frame: Frame;
  raw(request: RawRequest): Raw;
}

const float32 = (shape: readonly number[], data: Float64Array): RawTensor => ({
  shape,
  data: Float32Array.from(data),
});

/** What a view asks for, of the tensors that the reference has. */
function rawOf(config: Config, seen: Seen, frame: Frame, request: RawRequest): Raw {
  const { batch_size: B, seq_len: T, d_model: D, n_heads: H } = config;
  const of = (site: SiteName, data: Float64Array): RawTensor => {
    const size = H * T * T;
    return {
      BTD: () => float32([B, T, D], data),
      BTV: () => float32([B, T, data.length / B / T], data),
      BHTT: () =>
        float32([H, T, T], data.slice(request.sequence * size, (request.sequence + 1) * size)),
    }[shapeOf(site)]();
  };
  const params = request.params.filter((name) => seen.weights.has(name));
  return {
    ...{ step: 0, config, batch: frame.batch },
    values: Object.fromEntries(
      request.values.map((site) => [site, of(site, seen.frame.values.get(site)!)]),
    ),
    gradients: Object.fromEntries(
      request.gradients.map((site) => [site, of(site, seen.frame.gradients.get(site)!)]),
    ),
    params: Object.fromEntries(
      params.map((name) => {
        const { shape, data } = seen.weights.get(name)!;
        return [name, float32(shape, Float64Array.from(data))];
      }),
    ),
    paramGradients: Object.fromEntries(
      request.paramGradients
        .filter((name) => seen.frame.grads.has(name))
        .map((name) => [name, float32(seen.weights.get(name)!.shape, seen.frame.grads.get(name)!)]),
    ),
  };
}

/** A model whose gains and biases are drawn at random, with all that flows in it. */
export async function modelOf(settings: Partial<Config>): Promise<Model> {
  const session = await sessionOf({ ...TINY, ...settings });
  await perturb(session);
  const { config } = session;
  const weights = await weightsOf(session);
  const frame = await measured(session);
  const batch = nested(frame);
  session.dispose();
  const seen = { config, weights, batch, frame: referenceFrame(config, weights, batch) };
  return { seen, config, frame, raw: (request) => rawOf(config, seen, frame, request) };
}

export const lookingAt = <V extends ViewId>(view: V, looking: Partial<Looking> = {}) => ({
  ...{ place: 'blocks.0.resid_post', head: 0, sequence: 0, token: 0 },
  ...looking,
  view,
});

/** A view of models, through its own request. */
export const viewOf = <V extends ViewId>(
  looking: Looking & { view: V },
  ...models: Model[]
): Readings[V] =>
  read(
    looking,
    models.map((model) => model.raw(wantedBy(looking, model.config))),
  ) as unknown as Readings[V];

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
