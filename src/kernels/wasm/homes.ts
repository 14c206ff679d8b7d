import type { Heard } from './listening';

/**
 * Where a tensor lies that has no memory of its own: bytes into another that was made, in a held tensor, or nowhere.
 */
export type Home = { vector: number; offset: number } | { held: string } | 'nowhere';

/**
 * Kernels of which each number depends on those at its own place alone: they may write over what they read; and a result
 * without an address they do not store. A sum may write over what it reads, too, but parameters are read once more where a
 * step is measured that makes its update by a sum, and both kinds of step are to be compared.
 */
const ELEMENTWISE = new Set(['adam']);

/**
 * Homes of tensors that would be copied there: those that a vector is joined of, and results that replace a held
 * tensor, where they are computed from it number by number and nothing reads it afterwards. And of tensors that no one reads.
 * By the numbers of what was made.
 *
 * @param held the data of held tensors
 * @param results the data of the results, of which some replace a held tensor, by its name
 */
export function homesOf(
  { operations, made, parts, joins }: Heard,
  held: Record<string, object>,
  results: Record<string, object>,
): Map<number, Home> {
  const homes = new Map<number, Home>();
  const numbers = new Map(made.map(({ id }, i) => [id, i]));
  const vectors = new Set(joins.map(({ vector }) => vector));
  for (const { vector, pieces } of joins) {
    let offset = 0;
    for (const { id, bytes } of pieces) {
      const i = numbers.get(id);
      if (i !== undefined && !homes.has(i) && !vectors.has(id)) {
        homes.set(i, { vector: numbers.get(vector)!, offset });
      }
      offset += bytes;
    }
  }
  const whole = (id: object): object => (parts.has(id) ? whole(parts.get(id)!) : id);
  const names = new Map(Object.entries(results).map(([name, id]) => [id, name]));
  operations.forEach(({ calls, made }, at) => {
    if (calls.length !== 1 || !ELEMENTWISE.has(calls[0]!.name)) return;
    const later = operations.slice(at + 1).flatMap(({ reads }) => reads.map(whole));
    for (const { dataId: id } of made) {
      const i = numbers.get(id);
      if (i === undefined || homes.has(i)) continue;
      const name = names.get(id);
      if (name === undefined) {
        if (!later.includes(id)) homes.set(i, 'nowhere');
      } else if (name in held && !later.includes(held[name]!)) homes.set(i, { held: name });
    }
  });
  return homes;
}
