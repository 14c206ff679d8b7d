import { extremes, indexAt, lastOf, trailingMean, type TimeSeries } from '../../lib/timeSeries';
import type { Axis } from '../../plot/axis';
import { formatCount, formatSignificant } from '../../plot/format';
import { meanOn, windowOf } from '../../plot/steps';
import { NOTHING_YET, SAME } from './sentences';

export interface ToldLoss {
  name: string;
  series: TimeSeries;
  /** The level that the loss is compared with, where the task has one. */
  level: { name: string; value: number } | null;
}

/** “Step 128, mean of 10 steps: pre-LN 2.57, 0.60 below the unigram entropy; post-LN 3.18, at the unigram entropy.” */
export function lossSentence(
  lanes: readonly ToldLoss[],
  axis: Axis['kind'],
  moment = Infinity,
): string {
  const measured = lanes
    .map((lane) => ({ ...lane, at: indexAt(lane.series, moment) }))
    // Of the past a lane that ended before, or began after it, has nothing to tell.
    .filter(({ series, at }) => at >= 0 && (moment === Infinity || moment <= lastOf(series)!.step));
  if (!measured.length) return NOTHING_YET;
  const step = Math.max(...measured.map(({ series, at }) => series.records[at]!.step));
  const lostBy = (series: TimeSeries) => {
    const { lost } = extremes(series);
    return lost && lost.step <= moment ? lost : undefined;
  };
  const window = windowOf(Math.max(...measured.map(({ series }) => series.length)));
  const isMean = window > 1 && measured.some(({ series }) => !lostBy(series));
  const mean = meanOn(
    axis,
    measured.map(({ series }) => series),
  );
  const kind = mean === 'geometric' ? 'geometric mean' : 'mean';
  const told = measured.map(({ name, series, level, at }) => {
    const lost = lostBy(series);
    if (lost) return `${name} not finite since step ${formatCount(lost.step)}`;
    const loss = trailingMean(series, at, window, mean);
    const own = series.records[at]!.step;
    const when = own === step ? '' : ` (step ${formatCount(own)})`;
    const value = `${name}${when} ${formatSignificant(loss)}`;
    if (!level) return value;
    const gap = loss - level.value;
    if (Math.abs(gap) < SAME * level.value) return `${value}, at the ${level.name}`;
    const side = gap > 0 ? 'above' : 'below';
    const far = Math.abs(gap) < 10 ? Math.abs(gap).toFixed(2) : formatSignificant(Math.abs(gap));
    return `${value}, ${far} ${side} the ${level.name}`;
  });
  const when = `Step ${formatCount(step)}${isMean ? `, ${kind} of ${formatCount(window)} steps` : ''}`;
  return `${when}: ${told.join('; ')}.`;
}
