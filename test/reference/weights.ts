import { isGated } from './activations';
import {
  complete,
  hasEmbedNorm,
  hasFinalNorm,
  layerPlans,
  lookUp,
  updatesOf,
  type RefConfig,
} from './config';
import type { Weights } from './model';
import { normTensors } from './norms';
import { placements } from './placements';
import type { Random } from './random';
import { sizeOf } from './tape';

/** Every tensor that a weights file of this configuration has, buffers included. */
export function weightShapes(config: RefConfig, vocabulary: number): Map<string, number[]> {
  const settings = complete(config);
  const { d_model: D, n_heads: H, bias, seq_len: T, inner_norm, qk_norm } = settings;
  const F = settings.mlp_ratio * D;
  const modalities = settings.task === 'two_modality' ? 2 : 1;
  const shapes = new Map<string, number[]>();

  const norm = (name: string, kind: string, d = D): void => {
    for (const part of lookUp(normTensors, kind)) {
      if (part.kind !== 'bias' || bias)
        shapes.set(`${name}.${part.name}`, part.shape(d, modalities));
    }
  };
  const linear = (at: string, part: string, inputs: number, outputs: number): void => {
    shapes.set(`${at}.w${part}`, [inputs, outputs]);
    if (bias) shapes.set(`${at}.b${part}`, [outputs]);
    if (settings.weight_reparam === 'sigma') {
      shapes.set(`${at}.w${part}.gamma`, [1]);
      shapes.set(`${at}.w${part}.u`, [outputs]);
    }
  };

  const attn = (at: string, kind: string): void => {
    for (const part of ['q', 'k', 'v', 'o']) linear(at, part, D, D);
    if (qk_norm === 'l2') shapes.set(`${at}.qk_gain`, [1]);
    else if (qk_norm === 'rmsnorm_all') {
      norm(`${at}.q_norm`, 'rmsnorm');
      norm(`${at}.k_norm`, 'rmsnorm');
    } else if (qk_norm !== 'none') {
      norm(`${at}.q_norm`, qk_norm, D / H);
      norm(`${at}.k_norm`, qk_norm, D / H);
    }
    if (inner_norm === 'subln') norm(`${at}.norm_inner`, kind);
    if (inner_norm === 'normformer') {
      norm(`${at}.norm_post`, kind);
      shapes.set(`${at}.head_scale`, [H]);
    }
  };

  const mlp = (at: string, kind: string): void => {
    linear(at, '_in', D, F);
    if (isGated(settings.activation)) linear(at, '_gate', D, F);
    linear(at, '_out', F, D);
    if (inner_norm !== 'none') norm(`${at}.norm_inner`, kind, F);
  };

  const plans = layerPlans(settings);
  if (settings.task === 'gaussian') shapes.set('x0', [settings.batch_size, T, D]);
  else {
    shapes.set('embed.token', [vocabulary, D]);
    if (settings.positions === 'learned') shapes.set('embed.position', [T, D]);
    if (!settings.tie_embeddings) shapes.set('unembed', [D, vocabulary]);
  }
  if (settings.objective === 'random_projection') {
    shapes.set('R', [settings.batch_size, T, D]);
  }
  if (hasEmbedNorm(settings)) norm('embed.norm', settings.norm);
  plans.forEach((plan, layer) => {
    const placement = lookUp(placements, plan.placement);
    const block = `blocks.${layer}`;
    if (settings.residual_scale === 'rezero') shapes.set(`${block}.residual_scale`, [1]);
    for (const branches of updatesOf(settings)) {
      if (placement.before || placement.after) norm(`${block}.${branches[0]!}.norm`, plan.norm);
      for (const branch of branches) {
        const at = `${block}.${branch}`;
        (branch === 'attn' ? attn : mlp)(at, plan.norm);
        if (placement.out) norm(`${at}.norm_out`, plan.norm);
        if (settings.residual_scale === 'skipinit') shapes.set(`${at}.residual_scale`, [1]);
        if (settings.residual_scale === 'layerscale') shapes.set(`${at}.residual_scale`, [D]);
      }
    }
  });
  if (hasFinalNorm(settings)) norm('final_norm', settings.norm);
  return shapes;
}

/** Weights that leave nothing at 0 or 1: no term of a gradient hides behind an initial value. */
export function randomWeights(config: RefConfig, vocabulary: number, random: Random): Weights {
  const shapes = weightShapes(config, vocabulary);
  return new Map(
    [...shapes].map(([name, shape]) => {
      const data = Float64Array.from({ length: sizeOf(shape) }, () => {
        if (name.endsWith('running_var')) return Math.exp(random.normal());
        if (/\.(gain|alpha|gamma|head_scale|residual_scale|qk_gain)$/.test(name)) {
          return 1 + 0.3 * random.normal();
        }
        if (shape.length === 1)
          return name.endsWith('.u') ? random.normal() : 0.3 * random.normal();
        if (/^blocks\..*\.w/.test(name)) return random.normal() / Math.sqrt(shape[0]!);
        return random.normal();
      });
      return [name, { shape, data }];
    }),
  );
}
