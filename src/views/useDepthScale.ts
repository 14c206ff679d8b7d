import { useMemo } from 'react';
import { useShallow } from 'zustand/shallow';
import { depthMargins, depthScale, type DepthScale } from '../plot/depth';
import type { Size } from '../plot/useSize';
import { deepest, named } from './panels/lanes';
import { useScope } from './scope';

/**
 * The columns of layers, with room beside them for the lanes' names: the same for the stack, for every panel
 * and for their axis, as long as these are of one width.
 */
export function useDepthScale(size: Pick<Size, 'width' | 'text'> | null): DepthScale {
  const { width, text } = size ?? { width: 0, text: undefined };
  const names = useScope(useShallow(({ lanes }) => named(lanes).map(({ name }) => name)));
  const n_layers = useScope(({ lanes }) => deepest(lanes));
  return useMemo(
    () => depthScale(n_layers, width, depthMargins(width, text, names)),
    [n_layers, width, text, names],
  );
}
