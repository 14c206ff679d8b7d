import { trailingMean, type TimeSeries } from '../../lib/timeSeries';
import { placeOfLoss, type Alarm } from './alarm';

/** Mean losses of so many steps are compared, so many steps apart. */
const MEAN_OF = 100;
const APART = 200;
/** In nats: a mean of 100 steps scatters by half as much as a loss that stays falls, one that learns falls by more. */
const STAYS = 0.02;
const FALLS = 0.05;

const means = (loss: TimeSeries) => {
  const at = (i: number) => trailingMean(loss, i, MEAN_OF, 'arithmetic');
  const last = loss.length - 1;
  return { now: at(last), before: at(last - APART) };
};

/** Tells of a lane whose mean loss stays while that of another lane has fallen over the same steps. */
export function stuckOf(loss: TimeSeries, others: readonly TimeSeries[]): Alarm | null {
  const isKnown = ({ length }: TimeSeries) => length >= MEAN_OF + APART;
  if (!isKnown(loss)) return null;
  const { now, before } = means(loss);
  if (!(before - now < STAYS)) return null;
  const rest = others.filter(isKnown).map(means);
  const fallen = Math.max(0, ...rest.map((other) => other.before - other.now));
  if (!(fallen > FALLS)) return null;
  const { step } = loss.records[loss.length - 1]!;
  return {
    ...placeOfLoss({ sites: [] }),
    ...{ rule: 'stuck', step, since: step - APART, changed: [] },
    ...{ statistic: 'loss', value: now, band: null },
    remark: `Its mean over ${MEAN_OF} steps was ${before.toFixed(2)} ${APART} steps before; that of another lane fell by ${fallen.toFixed(2)} nats.`,
  };
}
