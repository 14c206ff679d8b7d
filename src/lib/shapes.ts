/** The count of numbers in a tensor of that shape. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((size, length) => size * length, 1);

/** The count of rows along the last axis. */
export const rowsOf = (shape: readonly number[]): number => sizeOf(shape.slice(0, -1));
