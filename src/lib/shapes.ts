export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((size, length) => size * length, 1);

export const rowsOf = (shape: readonly number[]): number => sizeOf(shape.slice(0, -1));
