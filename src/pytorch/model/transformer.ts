import type { Config } from '../../config/fields';
import { hasEmbedNorm, hasFinalNorm } from '../../config/layers';
import { leavesByNorm, streamNames, streamsOf } from '../../config/placements';
import { docstring } from '../docstring';
import { python, type Definition } from '../code';
import { blockClasses, plus, type Lines } from './block';
import { unbiased } from './linear';
import { madeNorm, normed, type PlacedNorm } from './norms';
import { positions } from './positions';
import { droppedLines, given, readsStep } from './taps';

export const hasTokens = ({ task }: Config): boolean => task !== 'gaussian';

const around = (at: string, { norm }: Config): PlacedNorm => ({ at, of: null, kind: norm });

/** The embedding, where there are tokens. */
export function embeddingDefinition(config: Config): Definition {
  const { embedding } = positions[config.positions];
  return {
    name: 'Embedding',
    code: python`
      class Embedding(nn.Module):
          ${docstring([embedding ? 'Vectors of tokens and of their positions, added.' : 'Vectors of tokens.'])}

          def __init__(self, vocabulary: int):
              super().__init__()
              self.token = nn.Parameter(torch.empty(vocabulary, D_MODEL))
              ${config.positions === 'learned' && 'self.position = nn.Parameter(torch.empty(SEQ_LEN, D_MODEL))'}
              ${hasEmbedNorm(config) && madeNorm(around('norm', config), config)}

          def forward(self, inputs: Tensor) -> Tensor:  # [B, T] -> [B, T, D]
              ${embedding && 'T = inputs.shape[1]'}
              return F.embedding(inputs, self.token)${embedding && ` + ${embedding}`}
    `,
  };
}

/** The classes of the layers, where there are several: runs of one class together. */
export function kindsConstant(config: Config): Definition[] {
  const classes = blockClasses(config);
  if (classes.length === 1) return [];
  const runs: { name: string; count: number }[] = [];
  for (let layer = 0; layer < config.n_layers; layer++) {
    const { name } = classes.find(({ layers }) => layers.includes(layer))!;
    const last = runs.at(-1);
    if (last?.name === name) last.count++;
    else runs.push({ name, count: 1 });
  }
  const kinds = runs.map(({ name, count }) => (count > 1 ? `[${name}] * ${count}` : `[${name}]`));
  return [{ name: 'KINDS', code: `KINDS = (\n    ${kinds.join('\n    + ')}\n)  # of the layers` }];
}

/** Logits of x. [B, T, D] → [B, T, V] */
function logitsOf(config: Config): string {
  const W = config.tie_embeddings ? 'self.embed.token.T' : 'self.unembed';
  const logits = unbiased('x', W, config);
  return config.logit_softcap > 0 ? `softcap(${logits}, LOGIT_SOFTCAP)` : logits;
}

export function transformerDefinition(config: Config): Definition {
  const names = streamNames(config.placement);
  const { enter, leave } = streamsOf(config.placement);
  const tokens = hasTokens(config);
  const finalNorm = around('final_norm', config);
  const hasFinal = hasFinalNorm(config);
  const entered = Object.entries(enter<string>('x')).slice(1);
  const norm = (lines: Lines): Lines =>
    lines.map(({ code }) => ({ code: normed(finalNorm, code) }));
  const byName = Object.fromEntries(names.map((one): [string, Lines] => [one, [{ code: one }]]));
  const left = leave(byName, { plus, norm });
  const [out] = hasFinal && !leavesByNorm(config.placement) ? norm(left) : left;
  const isOne = blockClasses(config).length === 1;
  const streams = names.join(', ');
  return {
    name: 'Transformer',
    code: python`
      class Transformer(nn.Module):
          """The whole stack, from ${tokens ? 'tokens to logits' : 'x0 to what the loss reads'}."""

          def __init__(self${tokens && ', vocabulary: int'}):
              super().__init__()
              ${tokens && 'self.embed = Embedding(vocabulary)'}
              ${
                !tokens &&
                hasEmbedNorm(config) &&
                config.norm !== 'none' &&
                python`
                self.embed = nn.Module()
                ${madeNorm(around('embed.norm', config), config)}
              `
              }
              ${
                isOne
                  ? 'self.blocks = nn.ModuleList(Block(layer) for layer in range(N_LAYERS))'
                  : `self.blocks = nn.ModuleList(kind(layer) for layer, kind in enumerate(KINDS))`
              }
              ${hasFinal && madeNorm(finalNorm, config)}
              ${tokens && !config.tie_embeddings && 'self.unembed = nn.Parameter(torch.empty(D_MODEL, vocabulary))'}
              ${readsStep(config) && 'self.step = self.first = 0  # as in Now, to be set before every pass'}

          def forward(self, inputs: Tensor, tap: Tap = untapped) -> Tuple[Tensor, ${tokens ? 'Tensor' : 'None'}]:
              ${tokens ? '# [B, T] -> [B, T, D], [B, T, V]' : '# [B, T, D] -> [B, T, D]'}
              ${readsStep(config) && 'now = Now(self.step, self.first)'}
              x = tap("embed", ${tokens ? 'self.embed(inputs)' : 'inputs'})
              ${droppedLines('x', '"embed"', config)}
              ${hasEmbedNorm(config) && config.norm !== 'none' && 'x = self.embed.norm(x)'}
              ${entered.map(([name, value]) => `${name} = ${value}`)}
              for block in self.blocks:
                  ${streams} = block(${streams}, ${given(config)})
              ${hasFinal ? `x = tap("final_norm", ${out!.code})` : out!.code !== 'x' && `x = ${out!.code}`}
              return x, ${tokens ? `tap("logits", ${logitsOf(config)})` : 'None'}
    `,
  };
}
