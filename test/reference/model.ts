import { roundTo } from '../../src/lib/floats';
import { softCap } from './activations';
import { attention } from './attention';
import {
  complete,
  hasEmbedNorm,
  hasFinalNorm,
  layerPlans,
  lookUp,
  sublayerCount,
  updatesOf,
  type LayerPlan,
  type RefConfig,
  type Settings,
  type Sublayer,
} from './config';
import { product } from './linear';
import { mlp } from './mlp';
import { norms } from './norms';
import { placements } from './placements';
import { sinusoids } from './positions';
import { residualScales } from './residualScales';
import {
  add,
  crossEntropy,
  gather,
  identity,
  mul,
  rounding,
  scale,
  sumAll,
  tensor,
  transpose,
  type Tensor,
} from './tape';

export type Weights = Map<string, { shape: readonly number[]; data: ArrayLike<number> }>;

export interface Batch {
  inputs: number[][];
  targets: number[][];
}

/** What every part of the model finds. */
export interface Model {
  settings: Settings;
  param: (name: string) => Tensor;
  has: (name: string) => boolean;
  /** Names a point of the stack: returns x, under a node of its own. */
  site: (name: string, x: Tensor) => Tensor;
  norm: (name: string, x: Tensor, kind: string) => Tensor;
  /** What goes into a matrix product, or comes out: forward and backward in the number format, under autocast. */
  inFormat: (x: Tensor) => Tensor;
  /** A vector that the gradient takes as given, and finite differences must therefore hold still. */
  constant: (name: string, compute: () => Float64Array) => Float64Array;
  /** Leaves the new value of a buffer. */
  update: (name: string, value: ArrayLike<number>) => void;
}

export interface Options {
  /** Batch statistics (true) or running ones. */
  training?: boolean;
  /** Added to the tensor of a site: the perturbations of finite differences. */
  offsets?: Map<string, ArrayLike<number>>;
  /** Those of another run, in place of this run's own. */
  constants?: Map<string, Float64Array>;
}

/** Numbers that rounding to the format made 0, and those that it made infinite or NaN. */
export interface Lost {
  underflow: number;
  overflow: number;
}

export interface Forward {
  settings: Settings;
  loss: Tensor;
  sites: Map<string, Tensor>;
  params: Map<string, Tensor>;
  /** Buffers as the next step finds them. */
  buffers: Map<string, Float64Array>;
  /** What the gradient took as given. */
  constants: Map<string, Float64Array>;
  /** Goes on counting in the backward pass. */
  lost: Lost;
}

export const isBuffer = (name: string): boolean => /\.(running_mean|running_var|u)$/.test(name);

/** Whether a tensor of a weights file is learned. */
export const isParameter = (name: string): boolean =>
  !isBuffer(name) && name !== 'x0' && name !== 'R';

export function forward(
  config: RefConfig,
  weights: Weights,
  tokens: Batch | null,
  { training = true, offsets, constants: given }: Options = {},
): Forward {
  const settings = complete(config);
  const batch = settings.task === 'gaussian' ? null : tokens;
  const tensors = new Map([...weights].map(([name, w]) => [name, tensor(w.shape, w.data)]));
  const sites = new Map<string, Tensor>();
  const buffers = new Map<string, Float64Array>();
  const constants = new Map<string, Float64Array>();

  const param = (name: string): Tensor => {
    const found = tensors.get(name);
    if (!found) throw new Error(`the weights have no ${name}`);
    return found;
  };
  const has = (name: string): boolean => tensors.has(name);
  const update = (name: string, value: ArrayLike<number>): void => {
    buffers.set(name, Float64Array.from(value));
  };
  const constant = (name: string, compute: () => Float64Array): Float64Array => {
    const value = given?.get(name) ?? compute();
    constants.set(name, value);
    return value;
  };
  const site = (name: string, x: Tensor): Tensor => {
    const offset = offsets?.get(name);
    const y = offset ? add(x, tensor(x.shape, offset)) : identity(x);
    sites.set(name, y);
    return y;
  };

  const lost: Lost = { underflow: 0, overflow: 0 };
  const round = (x: number): number => roundTo(settings.precision, x);
  const counted = (x: number): number => {
    const y = round(x);
    if (y === 0 && Math.abs(x) >= 2 ** -126) lost.underflow++; // what is smaller float32 has lost before
    if (Number.isFinite(x) && !Number.isFinite(y)) lost.overflow++;
    return y;
  };
  const isOn = settings.precision_policy === 'autocast' && settings.precision !== 'fp32';
  const cast = new Set<Tensor>(); // what several products read is cast once
  const inFormat = (x: Tensor): Tensor => {
    if (!isOn) return x;
    const y = rounding(x, cast.has(x) ? round : counted, counted);
    cast.add(x);
    return y;
  };

  const [B, T] = batch
    ? [batch.inputs.length, batch.inputs[0]!.length]
    : (param('x0').shape as [number, number]);
  const modalities = settings.task === 'two_modality' ? 2 : 1;
  const modality = Array.from({ length: B }, () =>
    Array.from({ length: T }, (_, position) => position % modalities),
  );
  const norm = (name: string, x: Tensor, kind: string): Tensor =>
    lookUp(norms, kind)(x, {
      param: (part) => param(`${name}.${part}`),
      has: (part) => has(`${name}.${part}`),
      buffer: (part) => param(`${name}.${part}`),
      update: (part, value) => update(`${name}.${part}`, value),
      eps: settings.norm_eps,
      bias: settings.bias,
      training,
      modality,
    });

  const model: Model = { settings, param, has, site, norm, inFormat, constant, update };
  const out = stack(model, embed(model, batch), layerPlans(settings));
  const logits = batch && site('logits', unembed(model, out));
  const loss =
    settings.objective === 'random_projection'
      ? sumAll(mul(out, param('R')))
      : crossEntropy(logits!, batch!.targets);
  const params = new Map([...tensors].filter(([name]) => isParameter(name)));
  return { settings, loss, sites, params, buffers, constants, lost };
}

/** x_0 [B, T, D]: token plus position, or given noise. */
function embed({ settings, param, site }: Model, batch: Batch | null): Tensor {
  if (!batch) return site('embed', param('x0'));
  const T = batch.inputs[0]!.length;
  const x = gather(param('embed.token'), batch.inputs);
  if (settings.positions === 'learned') {
    const positions = [Array.from({ length: T }, (_, t) => t)];
    return site('embed', add(x, gather(param('embed.position'), positions)));
  }
  if (settings.positions === 'sinusoidal') {
    return site('embed', add(x, sinusoids(T, settings.d_model)));
  }
  return site('embed', x);
}

/** Logits [B, T, V] of the stack's output. */
function unembed(model: Model, out: Tensor): Tensor {
  const { settings, param } = model;
  const table = settings.tie_embeddings ? transpose(param('embed.token')) : param('unembed');
  return softCap(product(model, out, table), settings.logit_softcap);
}

/** From the embedding to what the unembedding reads. */
function stack(model: Model, x0: Tensor, plans: LayerPlan[]): Tensor {
  const { settings, norm, site } = model;
  let x = hasEmbedNorm(settings) ? norm('embed.norm', x0, settings.norm) : x0;
  let r = x; // ResiDual's second stream, which no norm touches
  plans.forEach((plan, layer) => {
    const updates = updatesOf(settings);
    x = site(`blocks.${layer}.resid_pre`, x);
    updates.forEach((branches, step) => {
      const after = step === updates.length - 1 ? 'resid_post' : 'resid_mid';
      const updated = residualUpdate(model, plan, layer, branches, x);
      x = site(`blocks.${layer}.${after}`, updated.x);
      r = updated.added.reduce(add, r);
    });
  });
  if (settings.placement === 'residual') {
    return site('final_norm', add(x, norm('final_norm', r, settings.norm)));
  }
  return hasFinalNorm(settings) ? site('final_norm', norm('final_norm', x, settings.norm)) : x;
}

const sublayerOf = { attn: attention, mlp };

/** x ← N(αx + Σ N_out(f(N_in(x)))), with the norms that the placement has. */
function residualUpdate(
  model: Model,
  plan: LayerPlan,
  layer: number,
  branches: Sublayer[],
  x: Tensor,
): { x: Tensor; added: Tensor[] } {
  const { settings, site } = model;
  const placement = lookUp(placements, plan.placement);
  const { a, b } = lookUp(residualScales, settings.residual_scale)(sublayerCount(settings));
  const normFactor = settings.norm_scale === 'inv_sqrt_layer' ? 1 / Math.sqrt(layer + 1) : 1;
  const norm = (name: string, value: Tensor): Tensor =>
    scale(model.norm(`blocks.${layer}.${name}`, value, plan.norm), normFactor);
  const ownNorm = `${branches[0]!}.norm`; // of branches in parallel, one for all

  const read = placement.before ? norm(ownNorm, x) : x;
  const added = branches.map((branch) => {
    const at = `blocks.${layer}.${branch}`;
    let y = sublayerOf[branch](model, at, site(`${at}_in`, read), plan.norm);
    y = site(`${at}_out`, y);
    if (settings.inner_norm === 'normformer' && branch === 'attn') {
      y = model.norm(`${at}.norm_post`, y, plan.norm);
    }
    if (placement.out) y = norm(`${branch}.norm_out`, y);
    return site(`${at}_add`, b(model, layer, branch, y));
  });
  const stream = scale(x, a * placement.alpha(settings.n_layers));
  const sum = added.reduce(add, stream);
  return { x: placement.after ? norm(ownNorm, sum) : sum, added };
}
