import { placements, type PlacementId } from '../../config/placements';

/**
 * The update itself, out of a formula that also says what its letters are: what stands under a drawing
 * has one line.
 */
export function updateEquation(id: PlacementId): string {
  const parts = (placements[id].formula ?? '').split(/,\s*\\(?:quad|;)\s*/);
  return parts.find((part) => part.startsWith(String.raw`x \leftarrow`)) ?? parts[0]!;
}
