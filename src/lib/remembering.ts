/** A pure function of one value that computes each of its results once. */
export function remembering<K, V>(f: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, f(key));
    return known.get(key)!;
  };
}

/** The same, of the keys that were asked for last, which `isSame` tells apart. */
export function rememberingLast<K, V>(
  count: number,
  isSame: (one: K, other: K) => boolean,
  f: (key: K) => V,
): (key: K) => V {
  let known: { key: K; value: V }[] = [];
  return (key) => {
    const found = known.find((entry) => isSame(entry.key, key)) ?? { key, value: f(key) };
    if (known[0] !== found)
      known = [found, ...known.filter((entry) => entry !== found)].slice(0, count);
    return found.value;
  };
}
