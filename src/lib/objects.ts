/** A list that names every K. Another list is not assignable to it, and the error says which are missing. */
export type Complete<K, List extends readonly unknown[]> = [K] extends [List[number]]
  ? List
  : { missing: Exclude<K, List[number]> };

/** The same keys with other values. */
export const mapValues = <K extends string, A, B>(
  record: Record<K, A>,
  f: (value: A, key: K) => B,
): Record<K, B> =>
  Object.fromEntries(Object.entries(record).map(([k, v]) => [k, f(v as A, k as K)])) as Record<
    K,
    B
  >;

/** A pure function of an object, computed once for each object and forgotten with it. */
export function perObject<K extends object, V>(compute: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { value: V }>();
  return (key) => {
    const found = known.get(key) ?? { value: compute(key) };
    known.set(key, found);
    return found.value;
  };
}

/** The object with these changes: the same one where they change nothing. */
export const changedBy = <T extends object>(before: T, changes: Partial<T>): T =>
  (Object.keys(changes) as (keyof T)[]).every((key) => Object.is(before[key], changes[key]))
    ? before
    : { ...before, ...changes };

/** The list of what `f` makes of each: the same one where it makes of each the same. */
export function mapChanged<T>(before: T[], f: (one: T) => T): T[];
export function mapChanged<T>(before: readonly T[], f: (one: T) => T): readonly T[];
export function mapChanged<T>(before: readonly T[], f: (one: T) => T): readonly T[] {
  const after = before.map(f);
  return after.every((one, i) => one === before[i]) ? before : after;
}
