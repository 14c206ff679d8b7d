import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable';
import { registerKernel } from './kernel';
import { activationGradientProgram, activationProgram } from './webgpu/shaders/activation';

/** The functions in the order of their numbers in `assembly/activation.ts`. */
const FUNCTIONS = ['gelu', 'gelu_tanh', 'relu', 'relu2', 'silu'] as const;
export type ActivationFunction = (typeof FUNCTIONS)[number];

interface Attributes {
  f: ActivationFunction;
}

const sizeOf = (shape: readonly number[]) => tf.util.sizeFromShape(shape as number[]);

const forward = registerKernel<'x' | 'factor', Attributes>({
  name: 'Activation',
  shapes: ({ x }) => [x],
  wasm({ kernels, inputs: { x, factor = 0 }, outputs: [h], shapes, attributes: { f } }) {
    kernels.activation(h!, x, factor, sizeOf(shapes.x), FUNCTIONS.indexOf(f));
  },
  webgpu({ run, inputs, outputs: [h], shapes, attributes: { f } }) {
    run(activationProgram(f, inputs, { h: h! }, sizeOf(shapes.x)));
  },
});

const gradient = registerKernel<'dh' | 'x' | 'factor', Attributes & { gated: boolean }>({
  name: 'ActivationGradient',
  shapes: ({ x }, { gated }) => (gated ? [x, x] : [x]),
  wasm({ kernels, inputs, outputs: [dx, dfactor = 0], shapes, attributes: { f } }) {
    const { dh, x, factor = 0 } = inputs;
    const n = sizeOf(shapes.x);
    kernels.activationGradient(dx!, dfactor, dh, x, factor, n, FUNCTIONS.indexOf(f));
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

/** 1 where x > 0. A product with it keeps what is not a number, which the wasm backend’s relu makes 0. */
const isPositive = (x: Tensor) => tf.cast(tf.greater(x, 0), 'float32');

const CUBIC = 0.044715;
const ROOT = Math.sqrt(2 / Math.PI);
const tanhArgument = (x: Tensor) =>
  tf.tanh(tf.mul(ROOT, tf.mul(x, tf.add(1, tf.mul(CUBIC, tf.square(x))))));

/** Each function with its derivative, of the library's operations. */
const composed: Record<
  ActivationFunction,
  { value(x: Tensor): Tensor; derivative(x: Tensor): Tensor }
> = {
  gelu: {
    value: (x) => tf.mul(x, normalCdf(x)),
    derivative: (x) => tf.add(normalCdf(x), tf.mul(x, normalDensity(x))),
  },
  gelu_tanh: {
    value: (x) => tf.mul(tf.mul(0.5, x), tf.add(1, tanhArgument(x))),
    derivative(x) {
      const t = tanhArgument(x);
      const slope = tf.mul(ROOT, tf.add(1, tf.mul(3 * CUBIC, tf.square(x))));
      return tf.add(
        tf.mul(0.5, tf.add(1, t)),
        tf.mul(tf.mul(tf.mul(0.5, x), tf.sub(1, tf.square(t))), slope),
      );
    },
  },
  relu: { value: (x) => tf.mul(x, isPositive(x)), derivative: isPositive },
  relu2: {
    value: (x) => tf.mul(tf.square(x), isPositive(x)),
    derivative: (x) => tf.mul(tf.mul(2, x), isPositive(x)),
  },
  silu: {
    value: (x) => tf.mul(x, tf.sigmoid(x)),
    derivative(x) {
      const s = tf.sigmoid(x);
      return tf.mul(s, tf.add(1, tf.mul(x, tf.sub(1, s))));
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
