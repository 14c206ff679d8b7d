import { percent } from '../../lib/percent';
import { formatCount } from '../../plot/format';
import type { Cost } from '../../runs/cost';
import { formatMs, shareOf } from './costText';

const UNITS = ['B', 'kB', 'MB', 'GB'];

/** A number of bytes in three digits: 512 B, 4.10 kB, 12.3 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toPrecision(3)} ${UNITS[power]}`;
}

export interface CostRow {
  label: string;
  note: string;
  /** Null where it is not known, or there is nothing of the kind. */
  of(cost: Cost): string | null;
}

/** A row of one number of a cost, where it is known. */
const row = (
  label: string,
  key: Exclude<keyof Cost, 'replayed'>,
  format: (value: number) => string,
  note: string,
): CostRow => ({
  label,
  note,
  of({ [key]: value }) {
    return value === null ? null : format(value);
  },
});

/** Everything that is known of a step, and what it means. */
export const COST_ROWS: readonly CostRow[] = [
  row(
    'step',
    'stepMs',
    formatMs,
    'By the clock of the worker; a running mean, as the times below.',
  ),
  row(
    'JavaScript',
    'jsMs',
    formatMs,
    'The processor’s part: telling the device what to do, or doing it.',
  ),
  row('statistics', 'statisticsMs', formatMs, 'The part that measures what the panels show.'),
  {
    label: 'their share',
    note: 'Of the step.',
    of: ({ statisticsMs: ms, stepMs }) => (ms === null ? null : percent(shareOf(ms, stepMs))),
  },
  row('dispatches', 'dispatches', formatCount, 'Kernels that the device runs for a step.'),
  row('submits', 'submits', formatCount, 'Parcels in which they are sent.'),
  row('read back', 'readbackBytes', formatBytes, 'What comes back from the device: the frame.'),
  row(
    'device memory',
    'deviceBytes',
    formatBytes,
    'Held for weights, optimizer, activations, buffers.',
  ),
  row('compiled in', 'compileMs', formatMs, 'Making the kernels, at the first step.'),
  {
    label: 'replayed',
    note: 'Whether a recorded step is sent again, instead of a new one each time.',
    of: ({ replayed }) => (replayed === null ? null : replayed ? 'yes' : 'no'),
  },
  row(
    'threads',
    'threads',
    String,
    'Of the processor, for this lane: as many as turned out to be a gain.',
  ),
];
