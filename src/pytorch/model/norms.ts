import type { Sublayer } from '../../config/blockSites';
import { modalitiesOf, type Config } from '../../config/fields';
import { norms, type NormId } from '../../config/norms';
import type { Choice } from '../../config/choice';
import { docstring } from '../docstring';
import { float } from '../python';
import { plainTex } from '../plainTex';
import { constant, python, type Definition } from '../code';

/** A norm as a module of PyTorch. */
interface NormModule {
  /** Of its class. */
  name: string;
  /** Arguments of its constructor beside `d`. */
  takes?: string;
  /** Its learned tensors of `d` features as they start, by the last part of their names. */
  start(config: Config): Record<string, string>;
  /** Buffers: kept and not learned. */
  buffers?: Record<string, string>;
  /** From `x` to what is returned. */
  forward(config: Config): string;
}

const GAIN = { gain: 'torch.ones(d)' };
const affine = ({ bias }: Config) => ({ ...GAIN, ...(bias && { bias: 'torch.zeros(d)' }) });
const plusBias = ({ bias }: Config) => (bias ? ' + self.bias' : '');

const MODULES: Record<Exclude<NormId, 'none'>, NormModule> = {
  layernorm: {
    name: 'LayerNorm',
    start: affine,
    forward: ({ bias }) =>
      `return F.layer_norm(x, x.shape[-1:], self.gain, ${bias ? 'self.bias' : 'None'}, NORM_EPS)`,
  },
  rmsnorm: {
    name: 'RMSNorm',
    start: () => GAIN,
    forward: () =>
      'return self.gain * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + NORM_EPS)',
  },
  prmsnorm: {
    name: 'PartialRMSNorm',
    start: () => GAIN,
    forward: () => python`
      part = x[..., : max(1, x.shape[-1] // 16)]
      return self.gain * x * torch.rsqrt(part.square().mean(-1, keepdim=True) + NORM_EPS)
    `,
  },
  scalenorm: {
    name: 'ScaleNorm',
    start: () => ({ gain: 'torch.full((1,), math.sqrt(d))' }),
    forward: () => 'return self.gain * F.normalize(x, dim=-1, eps=NORM_EPS)',
  },
  batchnorm: {
    name: 'BatchNorm',
    start: affine,
    buffers: { running_mean: 'torch.zeros(d)', running_var: 'torch.ones(d)' },
    forward: (config) => python`
      mean, variance = self.running_mean, self.running_var
      if self.training:
          mean = over_processes(x.mean((0, 1)))  # [d]
          variance = over_processes((x - mean).square().mean((0, 1)))
          m = processes() * x.shape[0] * x.shape[1]
          with torch.no_grad():  # of the variance without bias
              self.running_mean.lerp_(mean, 0.1)
              self.running_var.lerp_(variance * m / max(1, m - 1), 0.1)
      return self.gain * (x - mean) * torch.rsqrt(variance + NORM_EPS)${plusBias(config)}
    `,
  },
  powernorm: {
    name: 'PowerNorm',
    start: affine,
    buffers: { running_var: 'torch.ones(d)' },
    forward: (config) => python`
      mean_square = self.running_var
      if self.training:
          mean_square = over_processes(x.square().mean((0, 1)))  # [d]
          with torch.no_grad():
              self.running_var.lerp_(mean_square, 0.1)
      return self.gain * x * torch.rsqrt(mean_square + NORM_EPS)${plusBias(config)}
    `,
  },
  dyt: {
    name: 'DyT',
    takes: 'alpha: float',
    start: (config) => ({ ...affine(config), alpha: 'torch.full((1,), alpha)' }),
    forward: (config) => `return self.gain * torch.tanh(self.alpha * x)${plusBias(config)}`,
  },
  derf: {
    name: 'Derf',
    start: (config) => ({
      ...affine(config),
      alpha: 'torch.full((1,), 0.5)',
      shift: 'torch.zeros(1)',
    }),
    forward: (config) =>
      `return self.gain * torch.erf(self.alpha * x + self.shift)${plusBias(config)}`,
  },
  adaptive: {
    name: 'AdaptiveNorm',
    start: () => ({ scale: 'torch.zeros(MODALITIES, d)', shift: 'torch.zeros(MODALITIES, d)' }),
    forward: () => python`
      modality = torch.arange(x.shape[1], device=x.device) % MODALITIES  # [T]
      scale, shift = self.scale[modality], self.shift[modality]  # [T, d]
      return (1 + scale) * F.layer_norm(x, x.shape[-1:], eps=NORM_EPS) + shift
    `,
  },
  seednorm: {
    name: 'SeeDNorm',
    start: () => ({ ...GAIN, alpha: 'torch.ones(d)', beta: 'torch.zeros(d)' }),
    forward: () => python`
      along = torch.tanh((x * self.beta).sum(-1, keepdim=True))  # [..., 1]
      gain = self.gain + along * self.alpha
      return gain * x * torch.rsqrt(x.square().mean(-1, keepdim=True) + NORM_EPS)
    `,
  },
};

function definition(id: Exclude<NormId, 'none'>, config: Config): Definition {
  const { name, takes, start, buffers = {}, forward } = MODULES[id];
  const { formula = '', source }: Choice = norms[id];
  const shape = ['batchnorm', 'powernorm', 'adaptive'].includes(id) ? '[B, T, d]' : '[..., d]';
  return {
    name,
    code: python`
      class ${name}(nn.Module):
          ${docstring([plainTex(formula), source])}

          def __init__(self, d: int${takes && `, ${takes}`}):
              super().__init__()
              ${Object.entries(start(config)).map(([part, value]) => `self.${part} = nn.Parameter(${value})`)}
              ${Object.entries(buffers).map(([part, value]) => `self.register_buffer("${part}", ${value})`)}

          def forward(self, x: Tensor) -> Tensor:  # ${shape} -> ${shape}
              ${forward(config)}
    `,
  };
}

/** All that norms are made of; a script takes those that it uses. */
export const normDefinitions = (config: Config): Definition[] => [
  constant('MODALITIES', modalitiesOf(config), 'tokens of each take turns'),
  {
    name: 'processes',
    code: python`
      def processes() -> int:
          """The number of processes that share a batch."""
          return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1
    `,
  },
  {
    name: 'over_processes',
    code: python`
      def over_processes(mean: Tensor) -> Tensor:
          """The mean over the parts of the batch that all processes have, with its gradient."""
          if processes() == 1:
              return mean
          from torch.distributed.nn.functional import all_reduce

          return all_reduce(mean) / processes()
    `,
  },
  ...(Object.keys(MODULES) as (keyof typeof MODULES)[]).map((id) => definition(id, config)),
];

/** α of DyT at first: of attention it may be another than elsewhere. */
const firstAlpha = (of: Sublayer | null, { dyt_alpha, dyt_alpha_attn }: Config): number =>
  (of === 'attn' && dyt_alpha_attn) || dyt_alpha;

/** A norm at its place. */
export interface PlacedNorm {
  /** Such as `attn.norm`, as `self` has it. */
  at: string;
  of: Sublayer | null;
  kind: NormId;
  /** The constant that says how many features it has. */
  d?: 'D_MODEL' | 'D_HIDDEN' | 'D_HEAD';
}

/** A statement that makes a norm; nothing for the identity. */
export function madeNorm({ at, of, kind, d = 'D_MODEL' }: PlacedNorm, config: Config): string {
  if (kind === 'none') return '';
  const alpha = kind === 'dyt' ? `, alpha=${float(firstAlpha(of, config))}` : '';
  return `self.${at} = ${MODULES[kind].name}(${d}${alpha})`;
}

/** N(x) by the norm at a place. */
export const normed = ({ at, kind }: PlacedNorm, x: string): string =>
  kind === 'none' ? x : `self.${at}(${x})`;

export const normName = (id: NormId): string => (id === 'none' ? 'Identity' : MODULES[id].name);
