import { CHOICES, type Chosen } from '../../config/choices';
import type { Config } from '../../config/fields';
import { layerPlans } from '../../config/layers';
import type { Choice } from '../../config/choice';
import { docstring } from '../docstring';
import { plainTex } from '../plainTex';
import { python, type Definition } from '../code';
import { linear, madeLinear, product } from './linear';
import { madeNorm, normed, type PlacedNorm } from './norms';
import { positions } from './positions';
import { droppedLines, namedLines, returned, takes, tapped } from './taps';

/** A norm of queries and keys, as statements. */
interface QkNorm {
  /** Those that make it. */
  made?(config: Config): string[];
  /** Of all heads together, [B, T, D]. */
  all?: string;
  /** Of each head, [B, H, T, d]. */
  each?: string;
  /** Scores are not divided by √d: a learned factor stands in its place. */
  scales?: true;
}

function byModule(kind: 'rmsnorm' | 'layernorm', d: PlacedNorm['d'], when: 'all' | 'each'): QkNorm {
  const [q, k] = (['q', 'k'] as const).map((of): PlacedNorm => ({
    at: `${of}_norm`,
    of: 'attn',
    kind,
    d,
  })) as [PlacedNorm, PlacedNorm];
  return {
    made: (config) => [madeNorm(q, config), madeNorm(k, config)],
    [when]: `q, k = ${normed(q, 'q')}, ${normed(k, 'k')}`,
  };
}

const QK_NORMS: Record<Chosen['qk_norm'], QkNorm> = {
  none: {},
  rmsnorm: byModule('rmsnorm', 'D_HEAD', 'each'),
  rmsnorm_all: byModule('rmsnorm', 'D_MODEL', 'all'),
  layernorm: byModule('layernorm', 'D_HEAD', 'each'),
  l2: {
    made: () => ['self.qk_gain = nn.Parameter(torch.full((1,), math.log2(SEQ_LEN**2 - SEQ_LEN)))'],
    each: python`
      q = self.qk_gain * F.normalize(q, dim=-1, eps=NORM_EPS)
      k = F.normalize(k, dim=-1, eps=NORM_EPS)
    `,
    scales: true,
  },
};

/** The scores before the mask, after statements that lead to q and k. [B, H, T, T] */
const SCORES: Record<Chosen['attention'], (config: Config) => { before: string; scores: string }> =
  {
    softmax(config) {
      const { each, scales } = QK_NORMS[config.qk_norm];
      const { turn, penalty } = positions[config.positions];
      const products = product('q', 'k.transpose(-1, -2)', config);
      const capped = config.attn_softcap > 0 ? `softcap(${products}, ATTN_SOFTCAP)` : products;
      return {
        before: python`
          ${each}
          ${turn && `q, k = ${turn}(q), ${turn}(k)`}
          ${!scales && 'q = q / math.sqrt(D_HEAD)'}
        `,
        scores: penalty ? `${capped} + ${penalty}` : capped,
      };
    },
    uniform: () => ({ before: '', scores: 'x.new_zeros(B, N_HEADS, T, T)' }),
  };

const isSubln = ({ inner_norm }: Config) => inner_norm === 'subln';
const isNormformer = ({ inner_norm }: Config) => inner_norm === 'normformer';

/** Tests of a model in which norms stand inside the sublayers, in any of its layers. */
export const hasInnerNorm = (config: Config): boolean =>
  config.inner_norm !== 'none' && layerPlans(config).some(({ norm }) => norm !== 'none');

export function attentionDefinition(config: Config): Definition {
  const heads = config.attention === 'softmax' ? ['q', 'k', 'v'] : ['v'];
  const { all, made } = QK_NORMS[config.qk_norm];
  const { before, scores } = SCORES[config.attention](config);
  const { formula, source }: Choice = CHOICES.attention[config.attention];
  const split = (x: string) => `${x}.view(B, T, N_HEADS, D_HEAD).transpose(1, 2)`;
  const projected = (of: 'q' | 'k' | 'v') =>
    tapped([heads.includes(of) ? of : null, linear('x', of, config)], `attn.${of}`, 'attn', config);
  const masked = config.causal ? 'scores.masked_fill(later, -math.inf)' : 'scores';
  const hasNorm = hasInnerNorm(config);
  const product_ = product('pattern', 'v', config);
  const mixed = product_.includes('@') ? `(${product_})` : product_; // [B, H, T, d]
  const ending = returned('y', [
    tapped(['y', linear('y', 'o', config)], 'attn_out', 'attn', config),
    droppedLines('y', 'self.name', config),
    isNormformer(config) && hasNorm ? 'y = self.norm_post(y)' : '',
  ]);
  return {
    name: 'Attention',
    code: python`
      class Attention(nn.Module):
          ${docstring([plainTex(formula!), source])}

          def __init__(self, layer: int):
              super().__init__()
              ${namedLines('attn', config)}
              ${['q', 'k', 'v', 'o'].map((part) => madeLinear(part, 'D_MODEL', 'D_MODEL', config))}
              ${made?.(config)}
              ${isNormformer(config) && 'self.head_scale = nn.Parameter(torch.ones(N_HEADS))'}

          def forward(self, ${takes(config)}) -> Tensor:  # [B, T, D] -> [B, T, D]
              B, T, D = x.shape
              ${tapped(['x', 'x'], 'attn_in', 'attn', config)}
              ${(['q', 'k', 'v'] as const).map(projected)}
              ${config.attention === 'softmax' && all}
              ${
                heads.length > 1
                  ? `q, k, v = (${split('y')} for y in (q, k, v))  # [B, H, T, d]`
                  : `v = ${split('v')}  # [B, H, T, d]`
              }
              ${before}
              ${tapped(['scores', scores], 'attn.scores', 'attn', config)}
              ${config.causal && 'later = torch.ones(T, T, dtype=torch.bool, device=x.device).triu(1)'}
              ${tapped(['pattern', `${masked}.softmax(-1)`], 'attn.pattern', 'attn', config)}
              ${
                isNormformer(config)
                  ? `y = self.head_scale[:, None, None] * ${mixed}\ny = y.transpose(1, 2).reshape(B, T, D)`
                  : `y = ${mixed}.transpose(1, 2).reshape(B, T, D)`
              }
              ${isSubln(config) && hasNorm && 'y = self.norm_inner(y)'}
              ${ending}
    `,
  };
}
