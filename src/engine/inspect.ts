import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { emulate, exempt } from '../kernels/precision/emulate';
import { sizeOf } from '../lib/shapes';
import type { Advance } from '../lib/progress';
import { unflatten, type FlatLayout } from '../model/flat';
import { countingTap } from '../model/tap';
import { shapeOf, type SiteName } from '../config/sites';
import { TENSOR_KINDS, type Raw, type RawRequest, type TensorKind } from '../protocol/raw';
import { forward, sourcesOf } from './forward';
import { inputsAt, type StepValues } from './inputs';
import { isScaled, scaleOf } from './lossScale';
import { pass } from './pass';
import type { Plan } from './plan';
import { disposeRenewed, type State } from './state';

type Found = Record<TensorKind, Record<string, Tensor>>;

const hasBackward = ({ gradients, paramGradients }: RawRequest) =>
  gradients.length + paramGradients.length > 0;

/** [B, H, T, T] of one sequence, [H, T, T]; all else as it is. */
function handedOver(site: SiteName, x: Tensor, sequence: number): Tensor {
  if (shapeOf(site) !== 'BHTT') return x.clone();
  const [B, ...rest] = x.shape as [number, number, number, number];
  const one = tf.slice(x, [Math.min(sequence, B - 1), 0, 0, 0], [1, -1, -1, -1]);
  return tf.reshape(one, rest);
}

const chosen = (tensors: Record<string, Tensor>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => names.includes(name)));

/** The layout of a vector with the named tensors alone. */
function partOf(flat: FlatLayout, names: readonly string[]): FlatLayout {
  const isNamed = (i: number) => names.includes(flat.specs[i]!.name);
  return {
    ...flat,
    specs: flat.specs.filter((_, i) => isNamed(i)),
    starts: flat.starts.filter((_, i) => isNamed(i)),
  };
}

/** The pass of a step once more; the tensors that were asked for are put into `found`. To be called within a tidy. */
function find(
  found: Found,
  plan: Plan,
  state: State,
  given: StepValues,
  request: RawRequest,
  advance: Advance,
): void {
  const inputs = inputsAt(given);
  const scale = isScaled(plan.config) ? scaleOf(plan.config, state.scaler) : null;
  const keeping =
    (kind: 'values' | 'gradients', prepared: (x: Tensor) => Tensor) =>
    (site: SiteName, x: Tensor) => {
      if (!request[kind].includes(site)) return;
      found[kind][site] = exempt(() =>
        tf.tidy(() => tf.keep(prepared(handedOver(site, x, request.sequence)))),
      );
    };
  const tap = countingTap(
    advance,
    keeping('values', (x) => x),
    keeping('gradients', (x) => (scale ? tf.div(x, scale) : x)),
  );
  const { theta, buffers, constants } = state;
  found.params = {
    ...unflatten(theta, partOf(plan.flat, request.params)),
    ...chosen({ ...buffers, ...constants }, request.params),
  };
  if (hasBackward(request)) {
    const { logits, gradient, next } = pass(plan, state, inputs, {
      tap,
      observe: () => {},
      counter: null,
    });
    disposeRenewed(next, state);
    logits?.dispose();
    found.paramGradients = unflatten(gradient, partOf(plan.flat, request.paramGradients));
  } else {
    emulate(plan.config, null, () =>
      forward(plan, state, sourcesOf(plan, state), inputs, { training: true, tap }),
    );
  }
}

/**
 * Tensors of the step at which a model stands, of the batch and with the draws of that step: those that its frame was
 * measured on. Nothing of the state changes. All come in one readback.
 */
export async function inspect(
  plan: Plan,
  state: State,
  given: StepValues,
  request: RawRequest,
  begin: (of: number) => Advance,
): Promise<Raw> {
  const ways = hasBackward(request) ? 2 : 1;
  let outline: { kind: TensorKind; name: string; shape: number[] }[] = [];
  const found: Found = { values: {}, gradients: {}, params: {}, paramGradients: {} };
  const all = tf.tidy(() => {
    try {
      find(found, plan, state, given, request, begin(ways * plan.layout.sites.length));
      const entries = TENSOR_KINDS.flatMap((kind) =>
        Object.entries(found[kind]).map(([name, tensor]) => ({ kind, name, tensor })),
      );
      outline = entries.map(({ kind, name, tensor }) => ({ kind, name, shape: tensor.shape }));
      const parts = entries.map(({ tensor }) => tf.reshape(tensor, [-1]) as Tensor1D);
      return parts.length > 0 ? tf.concat1d(parts) : tf.tensor1d([]);
    } finally {
      // Kept by the tap, beyond the tidy that the pass has of its own.
      tf.dispose([found.values, found.gradients]);
    }
  });
  const read = await all.data<'float32'>().finally(() => all.dispose());
  // One tensor alone is not joined: on a backend in this thread its numbers are the model’s own, which stay here.
  const numbers = outline.length === 1 ? read.slice() : read;
  const raw: Raw = {
    ...{ step: given.step, config: plan.config, batch: given.batch },
    ...{ values: {}, gradients: {}, params: {}, paramGradients: {} },
  };
  let at = 0;
  for (const { kind, name, shape } of outline) {
    const data = numbers.subarray(at, (at += sizeOf(shape)));
    raw[kind][name] = { shape, data };
  }
  return raw;
}
