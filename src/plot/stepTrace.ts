import type { TimeSeries } from '../lib/timeSeries';
import type { Mark } from './marks';

/** A number against steps. */
export interface StepTrace {
  id: string;
  label: string;
  colour: string;
  mark: Mark;
  series: TimeSeries;
  /** Of several of one colour the ones that are drawn fainter, and those that go without a name. */
  alpha?: number;
  isUnnamed?: boolean;
  /** The lane’s name, where the label says more. */
  lane?: string;
}

/** Mean and band of a trace over several seeds: three series with the same steps. */
export interface StepBand extends Pick<StepTrace, 'id' | 'label' | 'colour' | 'alpha' | 'lane'> {
  low: TimeSeries;
  mean: TimeSeries;
  high: TimeSeries;
}
