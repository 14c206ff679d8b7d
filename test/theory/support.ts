import type { Config } from '../../src/config/fields';
import { predict, type Quantities } from '../../src/theory/predict';
import { configOf } from '../engine/support';

/** The quantities that theory predicts of these settings, each known to be there. */
export function predicted(settings: Partial<Config>) {
  const { quantities, assumptions } = predict(configOf(settings));
  const of = (name: string): number[] => {
    const values = (quantities as Partial<Quantities>)[name];
    if (!values) throw new Error(`Nothing is predicted of ${name}.`);
    return values;
  };
  /** At the stream: l = 0 is what enters layer 0, l what leaves the l-th layer. [L + 1] */
  const stream = (statistic: string): number[] => [
    of(`resid_pre/${statistic}`)[0]!,
    ...of(`resid_post/${statistic}`),
  ];
  const failing = assumptions.filter(({ holds }) => !holds).map(({ id }) => id);
  return {
    ...{ of, stream, quantities, assumptions, failing },
    /** Mean squares of the stream. */
    get V() {
      return stream('rms').map((rms) => rms ** 2);
    },
  };
}
