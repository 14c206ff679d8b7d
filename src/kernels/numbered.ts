import type { Tensor } from '@tensorflow/tfjs-core';

/* A kernel that is given several tensors of a kind knows them as name0, name1, … */

export const numbered = (name: string, tensors: Tensor[]): Record<string, Tensor> =>
  Object.fromEntries(tensors.map((tensor, i) => [`${name}${i}`, tensor]));

/** Values under such names, in their order. */
export function listed<T>(name: string, values: Record<string, T>): T[] {
  const list: T[] = [];
  for (let i = 0; `${name}${i}` in values; i++) list.push(values[`${name}${i}`]!);
  return list;
}
