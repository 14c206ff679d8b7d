import { DEFAULTS, type Config } from '../../src/config/fields';
import type { Batch } from '../../src/lib/batch';
import { makeTask, type Split, type Task } from '../../src/tasks';

export const TEXT =
  'It is the perfection of God’s works that they are all done with the greatest simplicity.';

export const configOf = (settings: Partial<Config>): Config => ({ ...DEFAULTS, ...settings });
export const taskOf = (settings: Partial<Config>): Task => makeTask(configOf(settings), TEXT);

/** Lengths from the shortest on, odd ones too. */
export const LENGTHS = Array.from({ length: 30 }, (_, i) => i + 4);

interface Drawn {
  /** All T + 1 tokens. */
  tokens: number[];
  /** Places of the tokens that are counted as targets. */
  counted: number[];
}

/** The sequences of a batch. The last target of each must be counted, or it could not be seen. */
export function sequencesOf({ inputs, targets, B, T }: Batch): Drawn[] {
  return Array.from({ length: B }, (_, b) => {
    const x = [...inputs.subarray(b * T, (b + 1) * T)];
    const y = [...targets.subarray(b * T, (b + 1) * T)];
    const last = y.at(-1)!;
    if (last < 0) throw new Error('the last target is not counted');
    return {
      tokens: [...x, last],
      counted: y.flatMap((target, t) => (target < 0 ? [] : [t + 1])),
    };
  });
}

/** The sequences of so many batches. */
export const drawn = (settings: Partial<Config>, batches = 1, split?: Split): Drawn[] => {
  const task = taskOf(settings);
  return Array.from({ length: batches }, (_, step) => sequencesOf(task.batch(step, split))).flat();
};

/** The same sequences as they are shown. */
export function shown(
  settings: Partial<Config>,
  batches = 1,
): { text: string; counted: number[] }[] {
  const { vocabulary } = taskOf(settings);
  return drawn(settings, batches).map(({ tokens, counted }) => ({
    text: tokens.map((token) => vocabulary[token]).join(''),
    counted,
  }));
}

/** Entropy in nats of a table of counts or probabilities. */
export function entropyOf(table: Map<unknown, number>): number {
  let total = 0;
  for (const n of table.values()) total += n;
  let sum = 0;
  for (const n of table.values()) if (n > 0) sum -= (n / total) * Math.log(n / total);
  return sum;
}

export const add = <K>(table: Map<K, number>, key: K, amount: number): void => {
  table.set(key, (table.get(key) ?? 0) + amount);
};
