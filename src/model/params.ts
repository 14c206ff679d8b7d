import type { Sublayer } from '../config/blockSites';
import { isGated, hiddenFeatures, type Config, modalitiesOf } from '../config/fields';
import {
  hasEmbedNorm,
  hasFinalNorm,
  layerPlans,
  updatesOf,
  type LayerPlan,
} from '../config/layers';
import type { NormId } from '../config/norms';
import { normsOf, placements } from '../config/placements';
import { distributions, draw, type Start } from './initialization';
import { norms } from './norms';
import { learnedScale } from './residualScales';
import { singularVectorOf } from './sigma';
import { hasTokens } from './transformer';

/**
 * Kinds of tensors, which say how each is trained: the matrix of a linear map in a block; a table of vectors, one for
 * each symbol or position (the unembedding is one too); a gain, shift, bias or learned factor, of any shape; a
 * buffer, kept from step to step and not learned; or fixed.
 */
export type ParamKind = 'matrix' | 'table' | 'scale' | 'buffer' | 'fixed';

/** A tensor of the model before it is drawn. */
export interface ParamSpec {
  name: string;
  shape: number[];
  kind: ParamKind;
  /** True where it is an operand of a product as it is: a linear map's matrix, unless that is reparametrized, and bias. */
  operand?: boolean;
  start: Start;
}

const constant = (name: string, shape: number[], value: number): ParamSpec => ({
  name,
  shape,
  kind: 'scale',
  start: { value },
});
const table = (name: string, shape: number[], start: Start): ParamSpec => ({
  ...{ name, shape, start },
  kind: 'table',
});

/** α of DyT at first, at a norm of this name: before attention it may be another than elsewhere. */
const firstAlpha = (name: string, { dyt_alpha, dyt_alpha_attn }: Config): number =>
  (name.includes('.attn.') && dyt_alpha_attn) || dyt_alpha;

/** The tensors of a norm of this kind over d features. */
const normSpecs = (name: string, kind: NormId, config: Config, d = config.d_model): ParamSpec[] =>
  Object.entries(norms[kind].tensors(d, modalitiesOf(config), firstAlpha(name, config)))
    .filter(([, tensor]) => tensor.kind !== 'bias' || config.bias)
    .map(([part, { shape, value, kind }]) => ({
      ...constant(`${name}.${part}`, shape, value),
      ...(kind === 'buffer' && { kind }),
    }));

/** Matrices that a placement or an inner norm starts smaller or larger: values, and what leads out. */
const RESIZED = new Set(['wv', 'wo', 'w_in', 'w_out']);
const WRITES = new Set(['wo', 'w_out']);

/** The factor of the initialization of a matrix of the blocks. */
function initScale(name: string, { placement }: LayerPlan, config: Config): number {
  const { init, init_gain, inner_norm, n_layers: L } = config;
  let scale = init_gain;
  // GPT-2 makes what writes to the stream smaller by the root of the number of sublayers.
  if (init === 'gpt2' && WRITES.has(name)) scale /= Math.sqrt(2 * L);
  if (RESIZED.has(name)) {
    scale *= placements[placement].initFactor?.(L) ?? 1;
    if (inner_norm === 'subln') scale *= Math.sqrt(Math.log(2 * L)); // Wang et al. 2022, figure 2
  }
  return scale;
}

/** The matrices of each sublayer in order: name, inputs and outputs, D or F. */
const MATRICES: Record<Sublayer, [name: string, bias: string, from: 'D' | 'F', to: 'D' | 'F'][]> = {
  attn: [
    ['wq', 'bq', 'D', 'D'],
    ['wk', 'bk', 'D', 'D'],
    ['wv', 'bv', 'D', 'D'],
    ['wo', 'bo', 'D', 'D'],
  ],
  mlp: [
    ['w_in', 'b_in', 'D', 'F'],
    ['w_gate', 'b_gate', 'D', 'F'],
    ['w_out', 'b_out', 'F', 'D'],
  ],
};

/** Tensors that σReparam keeps beside a matrix: γ, and u, drawn to begin the search for the singular vector. */
const sigmaSpecs = ({ name, shape }: ParamSpec): ParamSpec[] => [
  constant(`${name}.gamma`, [1], 1),
  { name: singularVectorOf(name), shape: shape.slice(1), kind: 'buffer', start: { std: 1 } },
];

/** The linear maps of a sublayer called `at`, with their biases and reparametrizations. */
function linearSpecs(at: string, sublayer: Sublayer, plan: LayerPlan, config: Config): ParamSpec[] {
  const sizes = { D: config.d_model, F: hiddenFeatures(config) };
  return MATRICES[sublayer]
    .filter(([name]) => name !== 'w_gate' || isGated(config))
    .flatMap(([name, bias, from, to]): ParamSpec[] => {
      const [i, o] = [sizes[from], sizes[to]];
      const start = distributions[config.init](i, o, initScale(name, plan, config));
      const spec: ParamSpec = { name: `${at}.${name}`, shape: [i, o], kind: 'matrix', start };
      const matrix = { ...spec, operand: config.weight_reparam === 'none' };
      return [
        matrix,
        ...(config.weight_reparam === 'sigma' ? sigmaSpecs(matrix) : []),
        ...(config.bias ? [{ ...constant(`${at}.${bias}`, [o], 0), operand: true }] : []),
      ];
    });
}

/** The norms on queries and keys of an attention called `at`. */
function qkSpecs(at: string, config: Config): ParamSpec[] {
  const { qk_norm, d_model, n_heads, seq_len: T } = config;
  if (qk_norm === 'none') return [];
  if (qk_norm === 'l2') return [constant(`${at}.qk_gain`, [1], Math.log2(T * T - T))]; // Henry 2020
  const [kind, d] =
    qk_norm === 'rmsnorm_all' ? (['rmsnorm', d_model] as const) : [qk_norm, d_model / n_heads];
  return ['q_norm', 'k_norm'].flatMap((name) => normSpecs(`${at}.${name}`, kind, config, d));
}

/** The norms inside a sublayer called `at`. */
function innerSpecs(
  at: string,
  sublayer: Sublayer,
  { norm }: LayerPlan,
  config: Config,
): ParamSpec[] {
  const { inner_norm, n_heads: H } = config;
  const inner = (d: number) => normSpecs(`${at}.norm_inner`, norm, config, d);
  if (inner_norm === 'none') return [];
  if (sublayer === 'mlp') return inner(hiddenFeatures(config));
  return inner_norm === 'subln'
    ? inner(config.d_model)
    : [constant(`${at}.head_scale`, [H], 1), ...normSpecs(`${at}.norm_post`, norm, config)];
}

function blockSpecs(layer: number, plan: LayerPlan, config: Config): ParamSpec[] {
  const block = `blocks.${layer}`;
  const scale = learnedScale(config);
  const scaleSpec = (name: string) =>
    constant(`${name}.residual_scale`, scale!.shape(config.d_model), scale!.start(config.n_layers));
  const places = normsOf(plan.placement);
  const sublayerSpecs = (sublayer: Sublayer, isFirst: boolean): ParamSpec[] => {
    const at = `${block}.${sublayer}`;
    return [
      // The norm of the stream belongs to the first of the branches that share it.
      ...places
        .filter((place) => isFirst || place === 'norm_out')
        .flatMap((place) => normSpecs(`${at}.${place}`, plan.norm, config)),
      ...linearSpecs(at, sublayer, plan, config),
      ...(sublayer === 'attn' ? qkSpecs(at, config) : []),
      ...innerSpecs(at, sublayer, plan, config),
      ...(scale?.per === 'sublayer' ? [scaleSpec(at)] : []),
    ];
  };
  return [
    ...(scale?.per === 'layer' ? [scaleSpec(block)] : []),
    ...updatesOf(config).flatMap((sublayers) =>
      sublayers.flatMap((sublayer, i) => sublayerSpecs(sublayer, i === 0)),
    ),
  ];
}

/** The token embedding, of which the second modality’s rows may be larger. */
function tokenSpec(config: Config, V: number, std: number): ParamSpec {
  const factor = modalitiesOf(config) > 1 ? config.modality_scale : 1;
  const rows = { from: V / 2, factor };
  const start = factor === 1 ? { std } : { std, rows };
  return table('embed.token', [V, config.d_model], start);
}

/** Every tensor of a configuration with a vocabulary of V symbols, in the model's order. */
export function paramSpecs(config: Config, V: number): ParamSpec[] {
  const { d_model: D, seq_len: T } = config;
  const embedStd = config.init === 'gpt2' ? 0.02 : config.embed_std;
  const tokens = hasTokens(config);
  const plans = layerPlans(config);
  return [
    ...(tokens ? [tokenSpec(config, V, embedStd)] : []),
    ...(tokens && config.positions === 'learned'
      ? [table('embed.position', [T, D], { std: embedStd })]
      : []),
    ...(hasEmbedNorm(config) ? normSpecs('embed.norm', config.norm, config) : []),
    ...plans.flatMap((plan, layer) => blockSpecs(layer, plan, config)),
    ...(hasFinalNorm(config) ? normSpecs('final_norm', config.norm, config) : []),
    ...(tokens && !config.tie_embeddings
      ? [{ ...table('unembed', [D, V], distributions[config.init](D, V, 1)), operand: true }]
      : []),
  ];
}

/** The fixed tensors of the theory's setting: x_0 where there are no tokens, R where it is the loss. */
export function constantSpecs(config: Config): ParamSpec[] {
  const shape = [config.batch_size, config.seq_len, config.d_model];
  const fixed = (name: string, start: Start): ParamSpec => ({ name, shape, start, kind: 'fixed' });
  const { embed_std: std, token_correlation: correlation } = config;
  return [
    ...(hasTokens(config) ? [] : [fixed('x0', correlation > 0 ? { std, correlation } : { std })]),
    ...(config.objective === 'random_projection' ? [fixed('R', { std: 1 })] : []),
  ];
}

export const drawParam = ({ name, shape, start }: ParamSpec, seed: number): Float32Array =>
  draw(name, shape, start, seed);
