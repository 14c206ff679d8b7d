/** How many numbers a tensor of that shape has. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((size, length) => size * length, 1);

/** How many rows, of the last axis. */
export const rowsOf = (shape: readonly number[]): number => sizeOf(shape.slice(0, -1));
