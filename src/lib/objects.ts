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
