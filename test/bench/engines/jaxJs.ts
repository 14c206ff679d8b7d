import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import { batchOf, type Shape, type Weight } from '../workload';
import type { OpenEngine } from './engine';

/**
 * The model in jax-js, as one jitted function of parameters, moments and batch. Its arrays are counted:
 * whatever takes one as an argument uses it up, and `.ref` is one more use.
 */

type Arrays = Record<string, np.Array>;

function layerNorm(x: np.Array, gain: np.Array, bias: np.Array, eps: number): np.Array {
  const centred = x.ref.sub(np.mean(x, -1, { keepdims: true }));
  const variance = np.mean(np.square(centred.ref), -1, { keepdims: true });
  return centred
    .div(np.sqrt(variance.add(eps)))
    .mul(gain)
    .add(bias);
}

const gelu = (x: np.Array): np.Array => x.ref.mul(0.5).mul(lax.erf(x.mul(Math.SQRT1_2)).add(1));

/** Attention over heads. x: [B, T, D] → [B, T, D] */
function attention(x: np.Array, at: string, p: Arrays, shape: Shape): np.Array {
  const { sequences: B, tokens: T, features: D, heads: H } = shape;
  const project = (x: np.Array, name: string) =>
    np.matmul(x, p[`${at}.w${name}`]!).add(p[`${at}.b${name}`]!);
  const heads = (y: np.Array) => np.transpose(y.reshape([B, T, H, D / H]), [0, 2, 1, 3]);
  const q = heads(project(x.ref, 'q')).mul(1 / Math.sqrt(D / H));
  const k = heads(project(x.ref, 'k'));
  const v = heads(project(x, 'v'));
  const scores = np.matmul(q, np.matrixTranspose(k)); // [B, H, T, T]
  const mayLook = np.tri(T, T, 0, { dtype: np.bool });
  const pattern = nn.softmax(np.where(mayLook, scores, -1e9), -1);
  const mixed = np.transpose(np.matmul(pattern, v), [0, 2, 1, 3]);
  return project(mixed.reshape([B, T, D]), 'o');
}

function mlp(x: np.Array, at: string, p: Arrays): np.Array {
  const hidden = gelu(np.matmul(x, p[`${at}.w_in`]!).add(p[`${at}.b_in`]!));
  return np.matmul(hidden, p[`${at}.w_out`]!).add(p[`${at}.b_out`]!);
}

/**
 * The mean cross-entropy in nats. Uses up each parameter once. inputs, targets: [B·T] int32. The stream
 * before each block goes into `streams`, to be disposed of in the end, last first: jax-js else follows the
 * whole stack at once, and from 32 layers on a worker’s call stack is too small for that.
 */
function lossOf(
  p: Arrays,
  inputs: np.Array,
  targets: np.Array,
  shape: Shape,
  eps: number,
  streams: np.Array[],
) {
  const { sequences: B, tokens: T, features: D, symbols: V } = shape;
  const norm = (x: np.Array, name: string) =>
    layerNorm(x, p[`${name}.gain`]!, p[`${name}.bias`]!, eps);
  let x = np
    .matmul(nn.oneHot(inputs, V), p['embed.token']!)
    .reshape([B, T, D])
    .add(p['embed.position']!);
  for (let layer = 0; layer < shape.layers; layer++) {
    const at = `blocks.${layer}`;
    streams.push(x.ref);
    x = x.ref.add(attention(norm(x, `${at}.attn.norm`), `${at}.attn`, p, shape));
    x = x.ref.add(mlp(norm(x, `${at}.mlp.norm`), `${at}.mlp`, p));
  }
  const logits = np.matmul(norm(x, 'final_norm'), p['unembed']!).reshape([B * T, V]);
  const logProbabilities = nn.logSoftmax(logits, -1);
  return np.sum(logProbabilities.mul(nn.oneHot(targets, V))).mul(-1 / (B * T));
}

export const openJaxJs: OpenEngine = async (workload, backend) => {
  const available = await init(backend);
  if (!available.includes(backend)) throw new Error(`jax-js has no ${backend} here.`);
  defaultDevice(backend);
  const { shape, weights } = workload;
  const { lr, beta1, beta2, adam_eps, norm_eps } = workload.config;

  type Moments = { p: Arrays; m: Arrays; v: Arrays };
  /** `rates`: 1/(1 − β₁ⁿ) and 1/(1 − β₂ⁿ) of update n, [2]. */
  const update = jit(
    ({ p, m, v }: Moments, rates: [np.Array, np.Array], inputs: np.Array, targets: np.Array) => {
      const streams: np.Array[] = [];
      const [loss, gradients] = valueAndGrad((p: Arrays) =>
        lossOf(p, inputs, targets, shape, norm_eps, streams),
      )(tree.ref(p) as Arrays) as [np.Array, Arrays];
      tree.dispose(streams.reverse());
      const next: Moments = { p: {}, m: {}, v: {} };
      for (const [name, g] of Object.entries(gradients)) {
        const first = m[name]!.mul(beta1).add(g.ref.mul(1 - beta1));
        const second = v[name]!.mul(beta2).add(np.square(g).mul(1 - beta2));
        next.m[name] = first.ref;
        next.v[name] = second.ref;
        const root = np.sqrt(second.mul(rates[1].ref)).add(adam_eps);
        next.p[name] = p[name]!.sub(first.mul(rates[0].ref).div(root).mul(lr));
      }
      tree.dispose(rates);
      return { loss, next };
    },
  );

  const uploaded = (value: (weight: Weight) => Float32Array<ArrayBuffer>): Arrays =>
    Object.fromEntries(
      Object.entries(weights).map(([name, weight]) => [
        name,
        np.array(value(weight)).reshape(weight.shape),
      ]),
    );
  const zeros = () => uploaded(({ data }) => new Float32Array(data.length));
  let state: Moments = { p: uploaded(({ data }) => data.slice()), m: zeros(), v: zeros() };
  let n = 0;
  return {
    async step() {
      const { inputs, targets } = batchOf(workload, n++);
      const rate = (beta: number) => np.array(new Float32Array([1 / (1 - beta ** n)])).reshape([]);
      const ids = (tokens: Int32Array) => np.array(tokens.slice());
      const { loss, next } = update(state, [rate(beta1), rate(beta2)], ids(inputs), ids(targets));
      state = next;
      return (await loss.data())[0]!;
    },
  };
};
