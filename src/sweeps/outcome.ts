import type { Alarm } from '../runs/alarms/alarm';
import type { SweepRun } from './sweep';

/** The first alarm of a run that would pause training on the page, as far as a file tells it. */
export type FirstAlarm = Pick<Alarm, 'rule' | 'step' | 'at' | 'layer' | 'direction'>;

/** The outcome of a run. */
export interface Outcome extends SweepRun {
  /** The number asked for, not finite where the run diverged; of `alarm`, null where there was none. */
  result: number | null;
  alarm: FirstAlarm | null;
  /** Seconds that it took. */
  time: number;
}
