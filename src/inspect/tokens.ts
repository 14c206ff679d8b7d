import type { Raw } from '../protocol/raw';
import { tokensAt } from './channels';
import { float64, rowLengths } from './numbers';
import type { LaneTokens } from './readings';
import { readRow } from './softmax';
import { ofLanes, siteAt, type View } from './view';

/** −ln p of every token’s target, NaN where it is not counted; null without logits. [B·T] */
function lossOf({ batch, values }: Raw): number[] | null {
  const logits = values['logits'];
  if (!batch || !logits) return null;
  const V = logits.shape.at(-1)!;
  return Array.from(batch.targets, (target, n) =>
    target < 0 ? NaN : readRow(logits.data, n * V, V).logSum - logits.data[n * V + target]!,
  );
}

/** Every token of a batch at a site. */
function tokensOf(place: string, raw: Raw): LaneTokens | null {
  const tensor = tokensAt(place, raw);
  if (!tensor) return null;
  const [B, T, D] = tensor.shape as [number, number, number];
  const gradient = raw.gradients[place];
  return {
    ...{ B, T },
    symbols: raw.batch && Array.from(raw.batch.inputs),
    targets: raw.batch && Array.from(raw.batch.targets),
    loss: lossOf(raw),
    rms: Array.from(rowLengths(float64(tensor.data), D), (length) => length / Math.sqrt(D)),
    gradient: gradient
      ? Array.from(rowLengths(float64(gradient.data), D))
      : new Array<number>(B * T).fill(NaN),
  };
}

/** Symbol, loss and size of every token at a site. */
export const tokens: View<'tokens'> = {
  by: ['place'],
  wanted({ place }, config) {
    const site = siteAt(place, config);
    return site ? { values: [...new Set([site, 'logits'] as const)], gradients: [site] } : {};
  },
  read: ({ place }, lanes) => ({ lanes: ofLanes(lanes, (raw) => tokensOf(place, raw)) }),
};
