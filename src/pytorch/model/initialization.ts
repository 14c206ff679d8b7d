import { CHOICES, type Chosen } from '../../config/choices';
import type { Choice } from '../../config/choice';
import { isGated, modalitiesOf, type Config } from '../../config/fields';
import { updatesOf } from '../../config/layers';
import { docstring } from '../docstring';
import { plainTex } from '../plainTex';
import { constant, python, type Definition } from '../code';
import { factorConstants, placementFactors } from './factors';
import { hasTokens } from './transformer';

/** The expression that makes a matrix of unit normals z [fan_in, fan_out]. */
const DISTRIBUTIONS: Record<Chosen['init'], string> = {
  xavier: 'math.sqrt(2 / sum(z.shape)) * z',
  gpt2: '0.02 * z',
  he: 'math.sqrt(2 / z.shape[0]) * z',
  lecun: 'math.sqrt(1 / z.shape[0]) * z',
  normal: '0.02 * z',
  orthogonal: 'orthogonal(z)',
};

/** Matrices that write to the stream, and those that a placement or an inner norm resizes. */
const WRITES = ['wo', 'w_out'];
const RESIZED = ['wv', 'wo', 'w_in', 'w_out'];

function matricesOf(config: Config): string[] {
  const of = {
    attn: ['wq', 'wk', 'wv', 'wo'],
    mlp: ['w_in', ...(isGated(config) ? ['w_gate'] : []), 'w_out'],
  };
  return updatesOf(config)
    .flat()
    .flatMap((sublayer) => of[sublayer]);
}

const tuple = (names: readonly (string | number)[]): string =>
  names.length === 1 ? `(${names[0]},)` : `(${names.join(', ')})`;
const quoted = (names: readonly string[]) => tuple(names.map((name) => `"${name}"`));

/** Factors of the blocks' matrices, each with the condition of its matrices. */
interface Factor {
  when: string;
  by: string;
}

function factorsOf(config: Config): Factor[] {
  const of = (names: string[]) => quoted(matricesOf(config).filter((name) => names.includes(name)));
  const [resized, writes] = [of(RESIZED), of(WRITES)];
  const inLayers = (layers: number[]) =>
    layers.length === config.n_layers ? '' : ` and int(name.split(".")[1]) in ${tuple(layers)}`;
  return [
    ...(config.init === 'gpt2'
      ? [{ when: `kind in ${writes}`, by: 'math.sqrt(1 / (2 * N_LAYERS))' }]
      : []),
    ...placementFactors('BETA', config).map(({ layers, name }) => ({
      when: `kind in ${resized}${inLayers(layers)}`,
      by: name,
    })),
    ...(config.inner_norm === 'subln'
      ? [{ when: `kind in ${resized}`, by: 'math.sqrt(math.log(2 * N_LAYERS))' }]
      : []),
  ];
}

/** The scale of a matrix of the blocks, as an expression; nothing where it is 1. */
function scaleOf(config: Config): string {
  if (factorsOf(config).length) return 'scale_of(name) * ';
  return config.init_gain === 1 ? '' : 'INIT_GAIN * ';
}

/** Starts of what modules leave empty. */
export function initializationDefinitions(config: Config): Definition[] {
  const tokens = hasTokens(config);
  const { label, formula, source }: Choice = CHOICES.init[config.init];
  const scale = scaleOf(config);
  const unembed = tokens && !config.tie_embeddings ? ['unembed'] : [];
  const drawn = 'draw(seed, name, W.numel()).view(W.shape)';
  const isModal = modalitiesOf(config) > 1 && config.modality_scale !== 1;
  return [
    ...factorConstants('BETA', config),
    constant('TABLES', quoted(config.positions === 'learned' ? ['token', 'position'] : ['token'])),
    constant('MATRICES', quoted([...matricesOf(config), ...(scale ? [] : unembed)])),
    {
      name: 'Draw',
      code: 'Draw = Callable[[int, str, int], Tensor]  # seed, name, size: unit normals',
      isConstant: true,
    },
    {
      name: 'orthogonal',
      code: python`
        def orthogonal(z: Tensor) -> Tensor:  # [I, O] -> [I, O]
            """Orthonormal rows or columns, whichever are fewer: the Q of normals, R's diagonal positive."""
            tall = z if z.shape[0] > z.shape[1] else z.T
            Q, R = torch.linalg.qr(tall.float().double())
            Q = Q * R.diagonal().sign()
            return Q if tall is z else Q.T
      `,
    },
    {
      name: 'scale_of',
      code: python`
        def scale_of(name: str) -> float:
            """What a matrix of the blocks is multiplied by at first."""
            kind = name.split(".")[-1]
            scale = ${config.init_gain === 1 ? '1.0' : 'INIT_GAIN'}
            ${factorsOf(config).map(({ when, by }) => `if ${when}:\n    scale *= ${by}`)}
            return scale
      `,
    },
    {
      name: 'leading',
      code: python`
        def leading(W: Tensor, start: Tensor) -> Tensor:  # [I, O], [O] -> [O]
            """The right singular vector to the largest singular value, on the side of the start."""
            _, s, Vh = torch.linalg.svd(W.double(), full_matrices=False)
            V = Vh[s > (1 - 1e-5) * s[0]]
            u = start.to(V) @ V.T @ V
            return u / u.norm()
      `,
    },
    {
      name: 'begin_vectors',
      code: python`
        @torch.no_grad()
        def begin_vectors(model: Transformer, seed: int, draw: Draw = normals) -> None:
            """The vectors u of the matrices as they are."""
            matrices = dict(model.named_parameters())
            for name, u in model.named_buffers():
                if name.endswith(".u"):
                    u.copy_(leading(matrices[name[: -len(".u")]], draw(seed, name, u.numel())))
      `,
    },
    {
      name: 'initialize',
      code: python`
        @torch.no_grad()
        def initialize(model: Transformer, seed: int, draw: Draw = normals) -> None:
            ${docstring([
              `${label}${formula ? `: ${plainTex(formula)}` : ''}`,
              source,
              'Each tensor is drawn from a stream of its own name; gains, biases and factors start where their modules put them.',
            ])}
            for name, W in model.named_parameters():
                kind = name.split(".")[-1]
                ${
                  tokens &&
                  python`
                    if kind in TABLES:
                        W.copy_(${config.init === 'gpt2' ? '0.02' : 'EMBED_STD'} * ${drawn})
                  `
                }
                if kind in MATRICES:
                    z = ${drawn}
                    W.copy_(${scale}${DISTRIBUTIONS[config.init]})
                ${
                  tokens &&
                  scale &&
                  unembed.length > 0 &&
                  python`
                    if kind == "unembed":
                        z = ${drawn}
                        W.copy_(${DISTRIBUTIONS[config.init]})
                  `
                }
            ${
              isModal &&
              python`
                token = model.embed.token
                token[token.shape[0] // 2 :] *= MODALITY_SCALE
              `
            }
            ${config.weight_reparam === 'sigma' && 'begin_vectors(model, seed, draw)'}
      `,
    },
  ];
}
