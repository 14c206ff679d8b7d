import type { Heard } from './listening';

/** Where a tensor lies that has no memory of its own: bytes into another that was made, or in a held tensor. */
export type Home = { vector: number; offset: number } | { held: string };

/**
 * Kernels of which each number depends on those at its own place alone: they may write over what they read. A sum may too, but
 * parameters are read once more where a step is measured, and both kinds of step are to be compared.
 */
const ELEMENTWISE = new Set(['adam']);

/**
 * Homes of tensors that would be copied there: those that a vector is joined of, and results that replace a held
 * tensor, where they are computed from it number by number and nothing reads it afterwards. By the numbers of what was made.
 *
 * @param held the data of held tensors
 * @param results the data of those results that replace one
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
  for (const [name, id] of Object.entries(results)) {
    const i = numbers.get(id);
    const maker = operations.findIndex(({ made }) => made.some(({ dataId }) => dataId === id));
    const calls = operations[maker]?.calls ?? [];
    const isRead = operations
      .slice(maker + 1)
      .some(({ reads }) => reads.some((x) => whole(x) === held[name]));
    const isElementwise = calls.length === 1 && ELEMENTWISE.has(calls[0]!.name);
    if (i !== undefined && !homes.has(i) && isElementwise && !isRead) homes.set(i, { held: name });
  }
  return homes;
}
