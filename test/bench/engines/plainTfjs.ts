import * as tf from '@tensorflow/tfjs';
import { batchOf, type Shape } from '../workload';
import type { OpenEngine } from './engine';

/**
 * The model as one writes it with TensorFlow.js’s own operations, variables and optimizer. The backend has
 * been set. Token embeddings are a product with one-hot rows: on wasm a gather has no gradient.
 */

type Variables = Record<string, tf.Variable>;

function layerNorm(x: tf.Tensor, gain: tf.Tensor, bias: tf.Tensor, eps: number): tf.Tensor {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, eps))), gain), bias);
}

const gelu = (x: tf.Tensor): tf.Tensor =>
  tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));

/** x @ W + b. x: [N, I] → [N, O] */
const linear = (x: tf.Tensor, weight: string, bias: string, p: Variables): tf.Tensor =>
  tf.add(tf.matMul(x, p[weight]!), p[bias]!);

/** Attention over heads. x: [B·T, D] → [B·T, D]; mask: [T, T], far below 0 where a token may not look */
function attention(x: tf.Tensor, at: string, mask: tf.Tensor, p: Variables, shape: Shape) {
  const { sequences: B, tokens: T, features: D, heads: H } = shape;
  const heads = (name: string) =>
    tf.transpose(
      tf.reshape(linear(x, `${at}.w${name}`, `${at}.b${name}`, p), [B, T, H, D / H]),
      [0, 2, 1, 3],
    );
  const scores = tf.mul(tf.matMul(heads('q'), heads('k'), false, true), 1 / Math.sqrt(D / H));
  const pattern = tf.softmax(tf.add(scores, mask)); // [B, H, T, T]
  const mixed = tf.transpose(tf.matMul(pattern, heads('v')), [0, 2, 1, 3]);
  return linear(tf.reshape(mixed, [B * T, D]), `${at}.wo`, `${at}.bo`, p);
}

/** The mean cross-entropy in nats. inputs, targets: one-hot, [B·T, V] */
function lossOf(
  inputs: tf.Tensor2D,
  targets: tf.Tensor2D,
  mask: tf.Tensor,
  p: Variables,
  shape: Shape,
  eps: number,
): tf.Scalar {
  const { sequences: B, tokens: T, features: D } = shape;
  const norm = (x: tf.Tensor, name: string) =>
    layerNorm(x, p[`${name}.gain`]!, p[`${name}.bias`]!, eps);
  const embedded = tf.reshape(tf.matMul(inputs, p['embed.token']!), [B, T, D]);
  let x: tf.Tensor = tf.reshape(tf.add(embedded, p['embed.position']!), [B * T, D]);
  for (let layer = 0; layer < shape.layers; layer++) {
    const at = `blocks.${layer}`;
    x = tf.add(x, attention(norm(x, `${at}.attn.norm`), `${at}.attn`, mask, p, shape));
    const hidden = gelu(linear(norm(x, `${at}.mlp.norm`), `${at}.mlp.w_in`, `${at}.mlp.b_in`, p));
    x = tf.add(x, linear(hidden, `${at}.mlp.w_out`, `${at}.mlp.b_out`, p));
  }
  const logits = tf.matMul(norm(x, 'final_norm'), p['unembed']!);
  return tf.losses.softmaxCrossEntropy(targets, logits);
}

export const openPlainTfjs: OpenEngine = async (workload) => {
  const { shape, weights } = workload;
  const { lr, beta1, beta2, adam_eps, norm_eps } = workload.config;
  const { tokens: T, symbols: V } = shape;
  const variables: Variables = Object.fromEntries(
    Object.entries(weights).map(([name, { shape, data }]) => [
      name,
      tf.variable(tf.tensor(data, shape)),
    ]),
  );
  const mask = tf.keep(tf.mul(tf.sub(1, tf.linalg.bandPart(tf.ones([T, T]), -1, 0)), -1e9));
  const optimizer = tf.train.adam(lr, beta1, beta2, adam_eps);
  const oneHot = (tokens: Int32Array) =>
    tf.cast(tf.oneHot(tf.tensor1d(tokens, 'int32'), V), 'float32') as tf.Tensor2D;
  let n = 0;
  return {
    async step() {
      const batch = batchOf(workload, n++);
      const loss = tf.tidy(() => {
        const inputs = oneHot(batch.inputs);
        const targets = oneHot(batch.targets);
        return optimizer.minimize(
          () => lossOf(inputs, targets, mask, variables, shape, norm_eps),
          true,
        )!;
      });
      const [value] = await loss.data();
      loss.dispose();
      return value!;
    },
  };
};
