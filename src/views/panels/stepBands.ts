import { spread } from '../../lib/spread';
import { append, emptySeries, indexAt, withoutLast, type TimeSeries } from '../../lib/timeSeries';
import type { StepBand, StepTrace } from '../../plot/StepPlot';

type Band = Pick<StepBand, 'low' | 'mean' | 'high'>;

const emptyBand = (): Band => ({ low: emptySeries(), mean: emptySeries(), high: emptySeries() });
const map = (band: Band, change: (series: TimeSeries, end: keyof Band) => TimeSeries): Band => ({
  low: change(band.low, 'low'),
  mean: change(band.mean, 'mean'),
  high: change(band.high, 'high'),
});

/** The value of a series at exactly this step; undefined where it has none. */
const valueAt = (series: TimeSeries, step: number) => {
  const record = series.records[indexAt(series, step)];
  return record?.step === step ? record.value : undefined;
};

/**
 * Mean and band over the same quantity under several seeds, at each step that all have. It costs as much as there is new;
 * the function is to be called whenever there may be more.
 */
export function createStepBand(isLog: boolean): (seeds: readonly TimeSeries[]) => Band {
  let band = emptyBand();
  /** The memory of the series that it was made of: another one is another run. */
  let of: readonly unknown[] = [];
  let done = 0;
  return (seeds) => {
    const [first, ...others] = seeds;
    if (!first) return band;
    if (of.length !== seeds.length || seeds.some(({ records }, i) => records !== of[i])) {
      band = emptyBand();
      of = seeds.map(({ records }) => records);
      done = 0;
    }
    // Steps that were taken back, and the last one, which may have been measured again.
    const kept = Math.max(0, Math.min(done, first.length) - 1);
    while (done > kept) {
      const { step } = first.records[--done] ?? { step: Infinity };
      const last = band.mean.records[band.mean.length - 1];
      if (last && last.step >= step) band = map(band, withoutLast);
    }
    for (; done < first.length; done++) {
      const { step, value } = first.records[done]!;
      const values = [value];
      for (const series of others) {
        const other = valueAt(series, step);
        if (other !== undefined) values.push(other);
      }
      if (values.length < seeds.length) {
        // Seeds that have not come to this step will.
        if (others.some(({ records, length }) => (records[length - 1]?.step ?? -1) < step)) break;
        continue;
      }
      const ends = spread(values, isLog);
      band = map(band, (series, end) => append(series, { step, value: ends[end] }));
    }
    return band;
  };
}

/** The bands of a panel against steps, each kept under the trace that it lies around. */
export function createStepBands(isLog: boolean) {
  const known = new Map<string, ReturnType<typeof createStepBand>>();
  return (trace: StepTrace, seeds: readonly TimeSeries[]): StepBand => {
    const bandOf = known.get(trace.id) ?? createStepBand(isLog);
    known.set(trace.id, bandOf);
    const { id, label, lane = label, colour, alpha } = trace;
    return {
      ...bandOf(seeds),
      ...{
        id: `${id} seeds`,
        label: `${label}, mean of ${seeds.length} seeds`,
        lane,
        colour,
        alpha,
      },
    };
  };
}
