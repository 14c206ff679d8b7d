import {
  hiddenFeatures,
  DEFAULTS,
  FIELDS,
  field,
  isKey,
  KEYS,
  type Config,
  type Field,
  type Key,
  type Value,
} from './fields';

/** Something wrong with a setting: which, what it was, and what is allowed, in one sentence. */
export interface Problem {
  key: string;
  message: string;
  /** What was done about it, where something was. */
  remedy?: string;
}

/** A problem in full, for a page that goes on. */
export const explained = ({ message, remedy }: Problem): string =>
  remedy ? `${message} ${remedy}` : message;

/** What a field accepts, in words. */
export function allowed(f: Field): string {
  switch (f.kind) {
    case 'choice':
      return `one of ${Object.keys(f.choices).join(', ')}`;
    case 'flag':
      return 'true or false';
    case 'integer':
      return `a whole number from ${f.min} to ${f.max}`;
    case 'number':
      return `a number from ${f.min} to ${f.max}`;
  }
}

function accepts(f: Field, value: unknown): boolean {
  switch (f.kind) {
    case 'choice':
      return typeof value === 'string' && Object.hasOwn(f.choices, value);
    case 'flag':
      return typeof value === 'boolean';
    case 'integer':
    case 'number':
      return (
        typeof value === 'number' &&
        value >= f.min &&
        value <= f.max &&
        (f.kind === 'number' || Number.isInteger(value))
      );
  }
}

/** The value of a field, or what is wrong with it. */
export function checkValue(key: string, value: unknown): { value: Value } | { problem: Problem } {
  if (!isKey(key)) {
    return { problem: { key, message: `Unknown setting “${key}”. ${closest(key)}` } };
  }
  if (accepts(field(key), value)) return { value: value as Value };
  const shown = typeof value === 'string' ? `“${value}”` : JSON.stringify(value);
  return { problem: { key, message: `${key} is ${shown}; it must be ${allowed(field(key))}.` } };
}

const closest = (key: string): string => {
  const guess = KEYS.find((k) => k.startsWith(key) || key.startsWith(k) || sameLetters(k, key));
  return guess ? `Did you mean ${guess}?` : `Known are ${KEYS.join(', ')}.`;
};
const sameLetters = (a: string, b: string) =>
  [...a.replace(/_/g, '')].sort().join('') ===
  [...b.replace(/[_-]/g, '').toLowerCase()].sort().join('');

/** Two settings that cannot go together, and the ways out, the first one preferred. */
interface Conflict {
  when(config: Config): boolean;
  message(config: Config): string;
  ways: ((config: Config) => Partial<Config>)[];
}

/** Numbers that the largest tensors and all weights may have; past these a browser tab gives up. */
export const MAX_PARAMETERS = 50e6;
export const MAX_ACTIVATION = 16e6;

/** About how many weights a configuration has (the vocabulary left out). */
export const parameterCount = (c: Config) =>
  c.n_layers * c.d_model ** 2 * (4 + 2 * c.mlp_ratio) + c.seq_len * c.d_model;
const largestActivation = (c: Config) =>
  c.batch_size * c.seq_len * Math.max(c.d_model, c.d_model * c.mlp_ratio, c.n_heads * c.seq_len);

const divisorUpTo = (n: number, most: number): number => {
  let divisor = Math.min(n, most);
  while (n % divisor) divisor--;
  return divisor;
};
const million = (n: number) => `${(n / 1e6).toPrecision(3)} million`;

const CONFLICTS: Conflict[] = [
  {
    when: (c) => c.d_model % c.n_heads !== 0,
    message: (c) =>
      `d_model ${c.d_model} cannot be divided among n_heads ${c.n_heads}; d_model must be a multiple of n_heads.`,
    ways: [
      (c) => ({ n_heads: divisorUpTo(c.d_model, c.n_heads) }),
      (c) => ({ d_model: Math.max(1, Math.round(c.d_model / c.n_heads)) * c.n_heads }),
    ],
  },
  {
    when: (c) => Math.abs(c.d_model * c.mlp_ratio - hiddenFeatures(c)) > 1e-6,
    message: (c) =>
      `mlp_ratio ${c.mlp_ratio} times d_model ${c.d_model} is ${c.d_model * c.mlp_ratio}; it must be a whole number of hidden features.`,
    ways: [
      (c) => ({ mlp_ratio: Math.max(1, hiddenFeatures(c)) / c.d_model }),
      () => ({ mlp_ratio: DEFAULTS.mlp_ratio }),
    ],
  },
  {
    when: (c) => c.task === 'gaussian' && c.objective !== 'random_projection',
    message: () =>
      'task gaussian has no tokens to predict, so objective must be random_projection with it.',
    ways: [() => ({ objective: 'random_projection' }), () => ({ task: DEFAULTS.task })],
  },
  {
    when: (c) => !['gaussian'].includes(c.task) && c.seq_len < 4,
    message: (c) => `seq_len ${c.seq_len} is too short for task ${c.task}; it must be at least 4.`,
    ways: [() => ({ seq_len: 4 })],
  },
  {
    when: (c) => parameterCount(c) > MAX_PARAMETERS,
    message: (c) =>
      `n_layers ${c.n_layers} at d_model ${c.d_model} and mlp_ratio ${c.mlp_ratio} make about ${million(parameterCount(c))} weights; at most ${million(MAX_PARAMETERS)} fit.`,
    ways: [
      (c) => ({
        n_layers: Math.max(
          1,
          Math.floor(MAX_PARAMETERS / (c.d_model ** 2 * (4 + 2 * c.mlp_ratio)) - 0.5),
        ),
      }),
      () => ({
        d_model: DEFAULTS.d_model,
        n_heads: DEFAULTS.n_heads,
        mlp_ratio: DEFAULTS.mlp_ratio,
      }),
    ],
  },
  {
    when: (c) => largestActivation(c) > MAX_ACTIVATION,
    message: (c) =>
      `batch_size ${c.batch_size}, seq_len ${c.seq_len}, d_model ${c.d_model} and n_heads ${c.n_heads} make a tensor of ${million(largestActivation(c))} numbers; at most ${million(MAX_ACTIVATION)} fit.`,
    ways: [
      (c) => ({
        batch_size: Math.max(1, Math.floor((c.batch_size * MAX_ACTIVATION) / largestActivation(c))),
      }),
      () => ({
        batch_size: DEFAULTS.batch_size,
        seq_len: DEFAULTS.seq_len,
        n_heads: DEFAULTS.n_heads,
      }),
      () => defaultShape(DEFAULTS),
    ],
  },
];
const defaultShape = ({ n_layers, batch_size, seq_len, n_heads, d_model, mlp_ratio }: Config) => ({
  n_layers,
  batch_size,
  seq_len,
  n_heads,
  d_model,
  mlp_ratio,
});

/** More conflicts in a row than this are solved by going back to the default shape. */
const MOST_ROUNDS = 8;

/** The way out of a conflict that leaves `keep` alone and makes no new conflict, as far as there is one. */
function wayOut(conflict: Conflict, config: Config, keep: Key[]): Partial<Config> {
  const solves = (change: Partial<Config>) => !conflict.when({ ...config, ...change });
  const clean = (change: Partial<Config>) => !conflictOf({ ...config, ...change });
  const keeps = (change: Partial<Config>) =>
    !Object.keys(change).some((key) => keep.includes(key as Key));
  const allowed = (change: Partial<Config>) =>
    Object.entries(change).every(([key, value]) => accepts(field(key as Key), value));
  const ways = conflict.ways.map((way) => way(config)).filter((w) => allowed(w) && solves(w));
  return (
    ways.find((way) => keeps(way) && clean(way)) ??
    ways.find(keeps) ??
    ways.find(clean) ??
    ways[0] ??
    defaultShape(DEFAULTS)
  );
}

const conflictOf = (config: Config) => CONFLICTS.find(({ when }) => when(config));

/**
 * A configuration that can run, from values that each are valid alone. Where two cannot go together, the
 * one that `keep` does not name gives way, and a problem says so.
 */
export function reconcile(
  config: Config,
  keep: Key[] = [],
): { config: Config; problems: Problem[] } {
  const problems: Problem[] = [];
  let current = config;
  for (let round = 0; ; round++) {
    const conflict = conflictOf(current);
    if (!conflict) return { config: current, problems };
    const change = round < MOST_ROUNDS ? wayOut(conflict, current, keep) : defaultShape(DEFAULTS);
    const next = { ...current, ...change };
    const changed = KEYS.filter((key) => next[key] !== current[key]);
    problems.push({
      key: changed[0]!,
      message: conflict.message(current),
      remedy: `Now ${changed.map((key) => `${key} is ${next[key]}`).join(', ')}.`,
    });
    current = next;
  }
}

/** A whole configuration from any subset of settings: what is valid is taken, the rest is explained. */
export function complete(
  settings: Record<string, unknown>,
  base: Config = DEFAULTS,
): { config: Config; problems: Problem[] } {
  const problems: Problem[] = [];
  const given: Partial<Record<Key, Value>> = {};
  for (const [key, raw] of Object.entries(settings)) {
    const checked = checkValue(key, raw);
    if ('problem' in checked) problems.push(checked.problem);
    else given[key as Key] = checked.value;
  }
  const reconciled = reconcile({ ...base, ...given } as Config, Object.keys(given) as Key[]);
  return { config: reconciled.config, problems: [...problems, ...reconciled.problems] };
}

/** Whether going from one configuration to the other must start the model anew. */
export const restarts = (from: Config, to: Config): boolean =>
  KEYS.some((key) => FIELDS[key].restarts && from[key] !== to[key]);

/** The settings in which `to` differs from `from`. */
export const difference = (from: Config, to: Config): Partial<Config> =>
  Object.fromEntries(KEYS.filter((k) => from[k] !== to[k]).map((k) => [k, to[k]]));
