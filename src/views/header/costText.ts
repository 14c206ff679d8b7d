import { percent } from '../../lib/percent';
import { formatCount, formatSignificant } from '../../plot/format';
import type { Cost } from '../../runs/cost';

export const formatMs = (ms: number): string => formatSignificant(ms, 3, 'ms');

/** Steps a second; nothing at rest. */
export const formatRate = (perSecond: number): string | null =>
  perSecond === 0 ? null : perSecond < 9.95 ? perSecond.toFixed(1) : perSecond.toFixed(0);

export const shareOf = (ms: number, stepMs: number) => (stepMs > 0 ? ms / stepMs : 0);

const formatStatistics = ({ statisticsMs, stepMs }: Cost): string | null =>
  statisticsMs === null
    ? null
    : `${formatMs(statisticsMs)}, ${percent(shareOf(statisticsMs, stepMs))}`;

export const slowest = (costs: readonly (Cost | null)[]): Cost | null =>
  costs.reduce((most, cost) => (cost && cost.stepMs > (most?.stepMs ?? -1) ? cost : most), null);

/** The cost of a step in short, as far as the backend tells it. */
export function costText(cost: Cost | null): string {
  if (!cost) return '';
  const { dispatches, jsMs } = cost;
  const statistics = formatStatistics(cost);
  const parts = [
    dispatches !== null && `${formatCount(dispatches)} dispatches`,
    dispatches === null && jsMs !== null && 'kernels on CPU',
    statistics !== null && `statistics ${statistics}`,
  ].filter((part) => part !== false);
  return parts.length ? parts.join(' · ') : `${formatMs(cost.stepMs)} a step`;
}
