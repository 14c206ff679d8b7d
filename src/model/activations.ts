import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Chosen } from '../config/choices';
import { differentiable } from '../kernels/differentiable';

/** An elementwise function with its derivative, so that the gradient costs two products and no tape. */
const elementwise = (f: (x: Tensor) => Tensor, derivative: (x: Tensor) => Tensor) =>
  differentiable(
    (x: Tensor) => ({ value: f(x), saved: [x] }),
    (dy, x) => [tf.mul(dy, derivative(x!))],
  );

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

const gelu = elementwise(
  (x) => tf.mul(x, normalCdf(x)),
  (x) => tf.add(normalCdf(x), tf.mul(x, normalDensity(x))),
);
const silu = elementwise(
  (x) => tf.mul(x, tf.sigmoid(x)),
  (x) => {
    const s = tf.sigmoid(x);
    return tf.mul(s, tf.add(1, tf.mul(x, tf.sub(1, s))));
  },
);

/** The function that stands between the matrices, or, of a gated MLP, on the gate (Shazeer 2020). */
export const activations: Record<Chosen['activation'], (x: Tensor) => Tensor> = {
  gelu,
  gelu_tanh: elementwise(
    (x) => tf.mul(tf.mul(0.5, x), tf.add(1, tanhArgument(x))),
    (x) => {
      const t = tanhArgument(x);
      const slope = tf.mul(ROOT, tf.add(1, tf.mul(3 * CUBIC, tf.square(x))));
      return tf.add(
        tf.mul(0.5, tf.add(1, t)),
        tf.mul(tf.mul(tf.mul(0.5, x), tf.sub(1, tf.square(t))), slope),
      );
    },
  ),
  relu: elementwise((x) => tf.mul(x, isPositive(x)), isPositive),
  relu2: elementwise(
    (x) => tf.mul(tf.square(x), isPositive(x)),
    (x) => tf.mul(tf.mul(2, x), isPositive(x)),
  ),
  silu,
  swiglu: silu,
  geglu: gelu,
};
