/** Many small arrays in one buffer: where each begins, and how many bytes there are in all. */
export interface Packing {
  offsets: number[];
  bytes: number;
}

/** Arrays one after the other, each at a multiple of `alignment` bytes, so that it can be bound by itself. */
export function packing(sizes: readonly number[], alignment: number): Packing {
  let bytes = 0;
  const offsets = sizes.map((size) => {
    const offset = Math.ceil(bytes / alignment) * alignment;
    bytes = offset + size;
    return offset;
  });
  return { offsets, bytes: Math.ceil(bytes / 4) * 4 };
}

/** Equal arrays once, and for every array given the place of the one that stands for it. */
export function distinct(arrays: readonly Uint8Array[]): { kept: Uint8Array[]; at: number[] } {
  const known = new Map<string, number[]>();
  const kept: Uint8Array[] = [];
  const at = arrays.map((array) => {
    // Only arrays of one length and beginning are compared byte by byte.
    const key = `${array.length}:${array.subarray(0, 64).join()}`;
    const alike = known.get(key) ?? [];
    known.set(key, alike);
    const found = alike.find((i) => array.every((byte, j) => byte === kept[i]![j]));
    if (found !== undefined) return found;
    alike.push(kept.push(array) - 1);
    return kept.length - 1;
  });
  return { kept, at };
}
