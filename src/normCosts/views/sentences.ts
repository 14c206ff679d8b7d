import { norms } from '../../config/norms';
import { percent } from '../../lib/percent';
import { formatCount, formatSignificant } from '../../plot/format';
import type { CostSize, NormCost, Roof } from '../protocol';
import { alone, nearRoof, reached, savingOf, type StepShare } from './read';

/** 37.1 µs, 1.23 ms. */
export const duration = (ms: number): string =>
  Math.abs(ms) < 1 ? formatSignificant(1000 * ms, 3, 'µs') : formatSignificant(ms, 3, 'ms');

/** 17.4 GB/s, 2.19 MB/s. */
export const rate = (perSecond: number, unit: 'B/s' | 'FLOP/s'): string =>
  perSecond < 1e8
    ? formatSignificant(perSecond / 1e6, 3, `M${unit}`)
    : formatSignificant(perSecond / 1e9, 3, `G${unit}`);

/** 2.10 MB. */
export const amount = (bytes: number): string =>
  bytes < 1e6 ? formatSignificant(bytes / 1e3, 3, 'kB') : formatSignificant(bytes / 1e6, 3, 'MB');

export const sizeText = ({ tokens, features }: CostSize): string =>
  `${formatCount(tokens)} tokens of ${formatCount(features)} features`;

export interface ToldLane extends StepShare {
  name: string;
}

const msOf = (cost: NormCost) => alone(cost).ms;
const label = ({ norm }: NormCost) => norms[norm].label;

/** “RMSNorm takes 0.71 of LayerNorm’s time here: 26.3 µs instead of 37.1 µs, forward and backward, for …” */
export function costSentence(
  costs: readonly NormCost[],
  size: CostSize,
  roof: Roof,
  lanes: readonly ToldLane[],
): string {
  const find = (norm: NormCost['norm']) => costs.find((cost) => cost.norm === norm);
  const [first, second] = [find('layernorm'), find('rmsnorm')];
  const told: string[] = [];
  if (first && second) {
    const [a, b] = [msOf(first), msOf(second)];
    told.push(
      `RMSNorm takes ${formatSignificant(b / a, 2)} of LayerNorm’s time here: ${duration(b)} instead of ${duration(a)}, forward and backward, for ${sizeText(size)}`,
    );
    const share = reached(alone(second), nearRoof(roof)).share;
    told.push(`RMSNorm is at ${percent(share)} of the roof`);
  }
  if (costs.length > 2) {
    const sorted = [...costs].sort((a, b) => msOf(a) - msOf(b));
    const [fastest, slowest] = [sorted[0]!, sorted.at(-1)!];
    told.push(
      `Fastest is ${label(fastest)} (${duration(msOf(fastest))}), slowest ${label(slowest)} (${duration(msOf(slowest))})`,
    );
  }
  const saving = first && savingOf(first);
  if (saving != null) {
    told.push(
      saving > 0
        ? `One kernel for LayerNorm and the residual sum before it saves ${percent(saving)} of the time of two`
        : 'One kernel for LayerNorm and the residual sum before it saves nothing here',
    );
  }
  for (const { name, count, share } of lanes) {
    told.push(`The ${formatCount(count)} norms of ${name} take ${percent(share)} of its step`);
  }
  return told.map((one) => `${one}.`).join(' ');
}
