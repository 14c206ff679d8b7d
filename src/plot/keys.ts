/**
 * Where a key leads among 0 … last: an index, null for none, undefined when the key means nothing here.
 * From nowhere, an arrow enters at the end that it comes from.
 */
export function steppedTo(
  key: string,
  from: number | null,
  last: number,
): number | null | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return from === null ? last : Math.max(0, from - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return from === null ? 0 : Math.min(last, from + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'Escape':
      return null;
    default:
      return undefined;
  }
}

/** The factor by which a key scales a value axis, if it does. */
export const zoomOf = (key: string): number | undefined =>
  ({ '+': 1 / 1.25, '=': 1 / 1.25, '-': 1.25 })[key];
