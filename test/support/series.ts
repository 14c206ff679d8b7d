import { append, emptySeries, type Recorded, type TimeSeries } from '../../src/lib/timeSeries';

/** Values recorded at steps 0, 1, 2, … */
export const seriesOf = (values: readonly number[]): TimeSeries =>
  values.reduce((series, value, step) => append(series, { step, value }), emptySeries());

export const recordsOf = ({ records, length }: TimeSeries): Recorded[] => records.slice(0, length);

export const stepsOf = (series: TimeSeries): number[] => recordsOf(series).map(({ step }) => step);
