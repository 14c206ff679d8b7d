import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import { differentiable } from '../differentiable';
import { registerKernel } from '../kernel';
import { tableOf } from '../wasm/module';
import { activationGradientProgram, activationProgram } from '../webgpu/shaders/activation';

/** The functions in the order of their numbers in `assembly/activation.ts`. */
const FUNCTIONS = ['gelu', 'gelu_tanh', 'relu', 'relu2', 'silu'] as const;
export type ActivationFunction = (typeof FUNCTIONS)[number];

interface Attributes {
  f: ActivationFunction;
}

const forward = registerKernel<'x' | 'factor', Attributes>({
  name: 'Activation',
  rounds: 'operations',
  shapes: ({ x }) => [x],
  wasm({ kernels, inputs: { x, factor = 0 }, outputs: [h], shapes, attributes: { f }, rounding }) {
    const [n, kind] = [sizeOf(shapes.x), FUNCTIONS.indexOf(f)];
    if (rounding) kernels.tabled(h!, x, factor, n, tableOf(rounding.format, kind, false));
    else kernels.activation(h!, x, factor, n, kind);
  },
  webgpu({ run, inputs, outputs: [h], shapes, attributes: { f } }) {
    run(activationProgram(f, inputs, { h: h! }, sizeOf(shapes.x)));
  },
});

const gradient = registerKernel<'dh' | 'x' | 'factor', Attributes & { gated: boolean }>({
  name: 'ActivationGradient',
  rounds: 'operations',
  shapes: ({ x }, { gated }) => (gated ? [x, x] : [x]),
  wasm({ kernels, inputs, outputs: [dx, dfactor = 0], shapes, attributes: { f }, rounding }) {
    const { dh, x, factor = 0 } = inputs;
    const [n, kind] = [sizeOf(shapes.x), FUNCTIONS.indexOf(f)];
    if (!rounding) kernels.activationGradient(dx!, dfactor, dh, x, factor, n, kind);
    else {
      const [values, slopes] = [false, true].map((slope) => tableOf(rounding.format, kind, slope));
      kernels.tabledGradient(dx!, dfactor, dh, x, factor, n, values!, slopes!);
    }
  },
  webgpu({ run, inputs, outputs: [dx, dfactor], shapes, attributes: { f } }) {
    const outputs = { dx: dx!, ...(dfactor && { dfactor }) };
    run(activationGradientProgram(f, inputs, outputs, sizeOf(shapes.x)));
  },
});

/** Φ(x), the standard normal's distribution function. */
const normalCdf = (x: Tensor) => tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))));
/** φ(x), its density. */
const normalDensity = (x: Tensor) =>
  tf.mul(1 / Math.sqrt(2 * Math.PI), tf.exp(tf.mul(-0.5, tf.square(x))));

/** 1 where x > 0. */
const isPositive = (x: Tensor) => tf.cast(tf.greater(x, 0), 'float32');
/** x where it is positive, else 0; what is not a number stays, which the wasm backend’s relu makes 0. */
const positive = (x: Tensor) => tf.where(tf.lessEqual(x, 0), 0, x);

const CUBIC = 0.044715;
const ROOT = Math.sqrt(2 / Math.PI);
const tanhArgument = (x: Tensor) =>
  tf.tanh(tf.mul(ROOT, tf.mul(x, tf.add(1, tf.mul(CUBIC, tf.square(x))))));

/**
 * The far end of either side, where no function changes any more; a number of every format. An infinity there,
 * or a square that leaves float32, would make 0·∞ of what is to be 0.
 */
const FAR = 128;
const above = (x: Tensor) => tf.where(tf.less(x, -FAR), -FAR, x);
const near = (x: Tensor) => tf.where(tf.greater(x, FAR), FAR, above(x));

/** Each function with its derivative, of the library's operations. */
const composed: Record<
  ActivationFunction,
  { value(x: Tensor): Tensor; derivative(x: Tensor): Tensor }
> = {
  gelu: {
    value: (x) => tf.mul(above(x), normalCdf(near(x))),
    derivative(x) {
      const c = near(x);
      return tf.add(normalCdf(c), tf.mul(c, normalDensity(c)));
    },
  },
  gelu_tanh: {
    value: (x) => tf.mul(tf.mul(0.5, above(x)), tf.add(1, tanhArgument(near(x)))),
    derivative(x) {
      const c = near(x);
      const t = tanhArgument(c);
      const slope = tf.mul(ROOT, tf.add(1, tf.mul(3 * CUBIC, tf.square(c))));
      return tf.add(
        tf.mul(0.5, tf.add(1, t)),
        tf.mul(tf.mul(tf.mul(0.5, c), tf.sub(1, tf.square(t))), slope),
      );
    },
  },
  relu: { value: positive, derivative: isPositive },
  relu2: {
    value: (x) => tf.square(positive(x)),
    derivative: (x) => tf.mul(2, positive(x)),
  },
  silu: {
    value: (x) => tf.mul(above(x), tf.sigmoid(near(x))),
    derivative(x) {
      const c = near(x);
      const s = tf.sigmoid(c);
      return tf.mul(s, tf.add(1, tf.mul(c, tf.sub(1, s))));
    },
  },
};

/** f(x), one node whose gradient costs two products. x: any shape */
export const activation = (x: Tensor, f: ActivationFunction): Tensor =>
  differentiable(
    (x: Tensor) => ({ value: forward({ x }, { f })?.[0] ?? composed[f].value(x), saved: [x] }),
    (dh, x) => gradient({ dh, x }, { f, gated: false }) ?? [tf.mul(dh, composed[f].derivative(x!))],
  )(x);

/** f(x) ⊙ factor (Shazeer 2020). x, factor: one shape */
export const gatedActivation = (x: Tensor, factor: Tensor, f: ActivationFunction): Tensor =>
  differentiable(
    (x: Tensor, factor: Tensor) => ({
      value: forward({ x, factor }, { f })?.[0] ?? tf.mul(composed[f].value(x), factor),
      saved: [x, factor],
    }),
    (dh, x, factor) => {
      const results = gradient({ dh, x, factor }, { f, gated: true });
      if (results) return results;
      const through = tf.mul(dh, factor!);
      return [tf.mul(through, composed[f].derivative(x!)), tf.mul(dh, composed[f].value(x!))];
    },
  )(x, factor);
