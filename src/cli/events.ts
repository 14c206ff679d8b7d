import { difference, restartsBy } from '../config/check';
import { decode } from '../config/codec';
import type { Config } from '../config/fields';
import { listed, shortened } from '../lib/words';
import type { RecordedEvent } from '../runs/record';
import { BadInput, messages } from './input';

/** A change under way, and all settings from there on. */
export interface Turn extends RecordedEvent {
  config: Config;
}

/** Settings by the step from which they are wanted, in the order of steps. */
type Wanted = [step: number, config: Config][];

/** Steps and settings of `40:placement=pre&lr=3e-4;80:…`; those of one step are joined, and of two alike the last counts. */
function parse(typed: string): [step: number, settings: string][] {
  const events = new Map<number, string>();
  for (const one of typed.split(';')) {
    const [, digits, settings] = /^\s*(\d+)\s*:\s*(\S[^]*?)\s*$/.exec(one) ?? [];
    const step = Number(digits);
    if (settings === undefined || !Number.isSafeInteger(step)) {
      throw new BadInput(
        `--events has “${shortened(one.trim())}”; it must be a step and settings such as 40:lr=3e-4, with ; before the next step.`,
      );
    }
    const earlier = events.get(step);
    events.set(step, earlier === undefined ? settings : `${earlier}&${settings}`);
  }
  return [...events].sort(([a], [b]) => a - b);
}

/** Settings for a model that stays; refuses what would start it anew. */
export function underWay(where: string, before: Config, config: Config): Config {
  const anew = restartsBy(before, config);
  if (anew.length === 0) return config;
  throw new BadInput(
    `${where}: ${listed(anew)} cannot be changed under way, as the model would start anew.`,
  );
}

/** The settings that `--events` wants of a run from its first step to its last. */
export function readEvents(
  typed: string,
  before: Config,
  { first, last }: { first: number; last: number },
): Wanted {
  let config = before;
  return parse(typed).map(([step, settings]) => {
    if (step < first || step > last) {
      const side = step < first ? `before the first, ${first}` : `after the last, ${last}`;
      throw new BadInput(`--events: step ${step} is ${side}.`);
    }
    const where = `--events at step ${step}`;
    const { config: next, problems } = decode(settings, config);
    if (problems.length) throw new BadInput(`${where}: ${messages(problems)}`);
    config = underWay(where, config, next);
    return [step, config];
  });
}

/** The changes of a run: what is wanted last of a step counts, and what is as it was is none. */
export function turnsOf(before: Config, wanted: Wanted): Turn[] {
  let current = before;
  return [...new Map(wanted)].flatMap(([step, config]) => {
    const settings = difference(current, config);
    current = config;
    return Object.keys(settings).length > 0 ? [{ step, settings, config }] : [];
  });
}
