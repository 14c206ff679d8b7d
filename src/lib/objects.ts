/** The same keys with other values. */
export const mapValues = <K extends string, A, B>(
  record: Record<K, A>,
  f: (value: A, key: K) => B,
): Record<K, B> =>
  Object.fromEntries(Object.entries(record).map(([k, v]) => [k, f(v as A, k as K)])) as Record<
    K,
    B
  >;
