import { difference } from '../../config/check';
import type { Key } from '../../config/fields';
import type { Measurement } from '../../protocol/frame';
import type { Alarm } from './alarm';
import { FINDERS } from './finders';
import { LOOKED_BACK, RULES, WINDOW } from './rules';

type Found = keyof typeof FINDERS;
const FOUND = Object.keys(FINDERS) as Found[];

/** A rule that held is silent until it has not held for so many steps. */
const QUIET = WINDOW;

export const isPausing = ({ rule }: Pick<Alarm, 'rule'>): boolean => RULES[rule].pauses;

/** The step of the first alarm that pauses, as sweeps and labs count it; null where there is none. */
export const firstAlarm = (alarms: readonly Pick<Alarm, 'rule' | 'step'>[]): number | null =>
  alarms.find(isPausing)?.step ?? null;

/** Looks at the measurements of one run, one after the other, and remembers no more than the last ones. */
export function createWatch() {
  const past: Measurement[] = [];
  /** The last step at which each rule held, and the one before it. */
  const held = new Map<Found, { step: number; before: number }>();
  let alarms: Alarm[] = [];

  /** A step that is measured again counts once, as it was measured last. */
  const takeBack = (step: number) => {
    while (past.length && past.at(-1)!.frame.step >= step) past.pop();
    alarms = alarms.filter((alarm) => alarm.step < step);
    for (const [rule, { step: last, before }] of held) {
      if (last >= step)
        held.set(rule, { step: before < step ? before : -Infinity, before: -Infinity });
    }
  };

  return {
    /** The alarms that a measurement raises, in the order in which its step was computed. */
    add(now: Measurement): Alarm[] {
      const { step } = now.frame;
      takeBack(step);
      const last = past.at(-1);
      const changed = () =>
        last ? (Object.keys(difference(last.config, now.config)) as Key[]) : [];
      const raised = FOUND.flatMap((rule): Alarm[] => {
        const sign = FINDERS[rule](now, past);
        if (!sign) return [];
        const before = held.get(rule)?.step ?? -Infinity;
        held.set(rule, { step, before });
        if (step - before <= QUIET) return [];
        const { row = 1, ...found } = sign;
        const since = row > 1 ? past.at(1 - row)!.frame.step : step;
        return [{ rule, step, since, changed: changed(), ...found }];
      }).sort((a, b) => a.order - b.order);
      past.push(now);
      if (past.length > LOOKED_BACK) past.shift();
      alarms.push(...raised);
      return raised;
    },
    /** All that were raised so far. */
    alarms: (): readonly Alarm[] => alarms,
  };
}

export type Watch = ReturnType<typeof createWatch>;
