import { percent } from '../../lib/percent';
import { formatCount, formatSignificant } from '../../plot/format';
import type { Cost } from '../../runs/cost';

export const formatMs = (ms: number): string => formatSignificant(ms, 3, 'ms');

const UNITS = ['B', 'kB', 'MB', 'GB'];

/** A number of bytes in three digits: 512 B, 4.10 kB, 12.3 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toPrecision(3)} ${UNITS[power]}`;
}

/** Steps a second; nothing at rest. */
export const formatRate = (perSecond: number): string | null =>
  perSecond === 0 ? null : perSecond < 9.95 ? perSecond.toFixed(1) : perSecond.toFixed(0);

const shareOf = (ms: number, stepMs: number) => (stepMs > 0 ? ms / stepMs : 0);

/** The statistics’ time, and their share of the step. */
const formatStatistics = ({ statisticsMs, stepMs }: Cost): string | null =>
  statisticsMs === null
    ? null
    : `${formatMs(statisticsMs)}, ${percent(shareOf(statisticsMs, stepMs))}`;

/** The lane that the others wait for. */
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

export interface CostRow {
  label: string;
  note: string;
  /** Null where it is not known, or there is nothing of the kind. */
  of(cost: Cost): string | null;
}

const orNull = (format: (value: number) => string, value: number | null) =>
  value === null ? null : format(value);

/** Everything that is known of a step, and what it means. */
export const COST_ROWS: readonly CostRow[] = [
  {
    label: 'step',
    note: 'By the clock of the worker; a running mean, as the times below.',
    of: ({ stepMs }) => formatMs(stepMs),
  },
  {
    label: 'JavaScript',
    note: 'The processor’s part: telling the device what to do, or doing it.',
    of: ({ jsMs }) => orNull(formatMs, jsMs),
  },
  {
    label: 'statistics',
    note: 'The part that measures what the panels show.',
    of: ({ statisticsMs }) => orNull(formatMs, statisticsMs),
  },
  {
    label: 'their share',
    note: 'Of the step.',
    of: ({ statisticsMs, stepMs }) => orNull((ms) => percent(shareOf(ms, stepMs)), statisticsMs),
  },
  {
    label: 'dispatches',
    note: 'Kernels that the device runs for a step.',
    of: ({ dispatches }) => orNull(formatCount, dispatches),
  },
  {
    label: 'submits',
    note: 'Parcels in which they are sent.',
    of: ({ submits }) => orNull(formatCount, submits),
  },
  {
    label: 'read back',
    note: 'What comes back from the device: the frame.',
    of: ({ readbackBytes }) => orNull(formatBytes, readbackBytes),
  },
  {
    label: 'device memory',
    note: 'Held for weights, optimizer, activations, buffers.',
    of: ({ deviceBytes }) => orNull(formatBytes, deviceBytes),
  },
  {
    label: 'compiled in',
    note: 'Making the kernels, at the first step.',
    of: ({ compileMs }) => orNull(formatMs, compileMs),
  },
  {
    label: 'replayed',
    note: 'Whether a recorded step is sent again, instead of a new one each time.',
    of: ({ replayed }) => (replayed === null ? null : replayed ? 'yes' : 'no'),
  },
  {
    label: 'threads',
    note: 'Of the processor, for this lane: as many as turned out to be a gain.',
    of: ({ threads }) => orNull(String, threads),
  },
];
