import { expect, test } from 'vitest';
import { normals, stream } from '../../src/lib/random';

/** As they are drawn where nothing was kept. */
function drawn(seed: number, name: string, size: number, std: number): Float32Array {
  const { normal } = stream(seed, name);
  return Float32Array.from({ length: size }, () => std * normal());
}

const bytes = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);

test('normals have the same bits whatever was drawn before: shorter, longer, so much that it is kept no more', () => {
  const asked: [seed: number, name: string, size: number, std: number][] = [
    [0, 'w', 1000, 1],
    [0, 'w', 10, 0.3],
    [0, 'w', 2000, 0.02],
    [1, 'w', 2000, 0.02],
    [0, 'large', 2 ** 22 + 1, 1],
    [0, 'w', 1000, 7],
  ];
  // Bytes: millions of numbers one by one would take half a minute.
  for (const one of asked) expect(bytes(normals(...one)).equals(bytes(drawn(...one)))).toBe(true);
});

test('numbers handed out are the caller’s own', () => {
  normals(0, 'own', 4, 1).fill(0);
  expect(normals(0, 'own', 4, 1)).toEqual(drawn(0, 'own', 4, 1));
});
