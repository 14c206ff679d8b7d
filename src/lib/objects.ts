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
