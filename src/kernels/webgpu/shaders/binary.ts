import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../../lib/shapes';
import { elementwise, u32, type Program, type Uniform } from '../program';

/** Operations of two numbers by the names of the library's kernels. */
export const BINARY = { Add: '+', Sub: '-', Multiply: '*', RealDiv: '/' } as const;

/** The distance in memory from one element to the next along each axis of `shape`, 0 where a tensor has one for all. */
function strides(own: readonly number[], shape: readonly number[]): number[] {
  const before = shape.length - own.length;
  return shape.map((_, axis) =>
    axis < before || own[axis - before] === 1 ? 0 : sizeOf(own.slice(axis - before + 1)),
  );
}

/** y = a ∘ b, with axes of one element repeated, as the library has it; rounded where every operation is. */
export function binaryProgram(
  name: keyof typeof BINARY,
  inputs: { a: TensorInfo; b: TensorInfo },
  y: TensorInfo,
): Program {
  const { shape } = y;
  const uniforms: Record<string, Uniform> = {};
  const placeIn = (of: 'a' | 'b'): string => {
    const size = sizeOf(inputs[of].shape);
    if (size === 1) return '0u';
    if (size === sizeOf(shape)) return 'i';
    const along = strides(inputs[of].shape, shape);
    return shape
      .map((d, axis) => {
        Object.assign(uniforms, {
          [`size${axis}`]: u32(d),
          [`step${axis}`]: u32(sizeOf(shape.slice(axis + 1))),
          [`${of}${axis}`]: u32(along[axis]!),
        });
        return `i / u.step${axis} % u.size${axis} * u.${of}${axis}`;
      })
      .join(' + ');
  };
  const places = { a: placeIn('a'), b: placeIn('b') };
  return elementwise(
    {
      name: `${name}/${places.a}/${places.b}`,
      ...{ inputs, outputs: { y }, uniforms },
      code: () => `
        fn each(i: u32) {
          y[i] = rounded(f32(a[${places.a}]) ${BINARY[name]} f32(b[${places.b}]));
        }`,
    },
    sizeOf(shape),
  );
}
