import type { Chosen } from '../config/choices';
import { hiddenFeatures, type Config } from '../config/fields';
import { hasFinalNorm, normsOf } from '../config/placements';
import { normals } from '../lib/random';
import { norms } from './norms';
import { hasTokens } from './transformer';

/** A parameter before it is drawn: N(0, std²), or a constant. */
export interface ParamSpec {
  name: string;
  shape: number[];
  start: { std: number } | { value: number };
}

/** Standard deviation of a matrix [fan_in, fan_out]. */
const stds: Record<Chosen['init'], (fanIn: number, fanOut: number) => number> = {
  xavier: (i, o) => Math.sqrt(2 / (i + o)),
  gpt2: () => 0.02,
  he: (i) => Math.sqrt(2 / i),
  lecun: (i) => Math.sqrt(1 / i),
  normal: () => 0.02,
};

/** GPT-2 makes what writes to the stream smaller, by one over the root of the number of sublayers. */
const outputScale = ({ init, n_layers }: Config) =>
  init === 'gpt2' ? 1 / Math.sqrt(2 * n_layers) : 1;

export const sizeOf = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);
const zeros = (name: string, size: number): ParamSpec => ({
  name,
  shape: [size],
  start: { value: 0 },
});

function normSpecs(name: string, config: Config): ParamSpec[] {
  const learned = norms[config.norm].params(config.d_model);
  return (['gain', 'bias'] as const)
    .filter((part) => learned[part] && (part === 'gain' || config.bias))
    .map((part) => ({
      name: `${name}.${part}`,
      shape: learned[part]!.shape,
      start: { value: learned[part]!.value },
    }));
}

function blockSpecs(layer: number, config: Config): ParamSpec[] {
  const { d_model: D, bias } = config;
  const F = hiddenFeatures(config);
  const std = stds[config.init];
  const matrix = (name: string, i: number, o: number, scale = 1): ParamSpec => ({
    name,
    shape: [i, o],
    start: { std: config.init_gain * scale * std(i, o) },
  });
  const biased = (name: string, size: number) => (bias ? [zeros(name, size)] : []);
  const normed = (name: string) =>
    normsOf(config.placement).flatMap((which) => normSpecs(`${name}.${which}`, config));

  const attn = `blocks.${layer}.attn`;
  const mlp = `blocks.${layer}.mlp`;
  return [
    ...normed(attn),
    ...['q', 'k', 'v'].flatMap((p) => [
      matrix(`${attn}.w${p}`, D, D),
      ...biased(`${attn}.b${p}`, D),
    ]),
    matrix(`${attn}.wo`, D, D, outputScale(config)),
    ...biased(`${attn}.bo`, D),
    ...normed(mlp),
    matrix(`${mlp}.w_in`, D, F),
    ...biased(`${mlp}.b_in`, F),
    matrix(`${mlp}.w_out`, F, D, outputScale(config)),
    ...biased(`${mlp}.b_out`, D),
  ];
}

/** Every learned parameter of a configuration with a vocabulary of V symbols, in the model's order. */
export function paramSpecs(config: Config, V: number): ParamSpec[] {
  const { d_model: D, seq_len: T, n_layers } = config;
  const embedStd = config.init === 'gpt2' ? 0.02 : config.embed_std;
  const tokens = hasTokens(config);
  return [
    ...(tokens ? [{ name: 'embed.token', shape: [V, D], start: { std: embedStd } }] : []),
    ...(tokens && config.positions === 'learned'
      ? [{ name: 'embed.position', shape: [T, D], start: { std: embedStd } }]
      : []),
    ...Array.from({ length: n_layers }, (_, layer) => blockSpecs(layer, config)).flat(),
    ...(hasFinalNorm(config) ? normSpecs('final_norm', config) : []),
    ...(tokens && !config.tie_embeddings
      ? [{ name: 'unembed', shape: [D, V], start: { std: stds[config.init](D, V) } }]
      : []),
  ];
}

/** The fixed tensors of the theory's setting: x_0 where there are no tokens, R where it is the loss. */
export function constantSpecs(config: Config): ParamSpec[] {
  const shape = [config.batch_size, config.seq_len, config.d_model];
  return [
    ...(hasTokens(config) ? [] : [{ name: 'x0', shape, start: { std: config.embed_std } }]),
    ...(config.objective === 'random_projection' ? [{ name: 'R', shape, start: { std: 1 } }] : []),
  ];
}

/** A parameter at step 0: from the stream of the seed and its own name, so that no other can shift it. */
export const drawParam = ({ name, shape, start }: ParamSpec, seed: number): Float32Array =>
  'std' in start
    ? normals(seed, name, sizeOf(shape), start.std)
    : new Float32Array(sizeOf(shape)).fill(start.value);
