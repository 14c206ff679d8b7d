import { useMemo } from 'react';
import type { Comparison } from '../../../config/comparison';
import type { Quantity } from '../../../config/quantity';
import { later } from '../../../runs/later';
import { useScope } from '../../scope';
import { useCode } from '../../ui/useCode';
import type { TheoryOverlay } from './theoryOverlay';

const fetchCode = later('draws theory', () => import('./overlay'));

/** Theory of what a panel shows; null while it is not on show, and in panels of other things. */
export function useTheory(quantity: Quantity | undefined, by: Comparison): TheoryOverlay | null {
  const mode = useScope(({ view }) => view.theory);
  const asked = mode !== 'off' && quantity;
  const code = useCode(fetchCode, Boolean(asked));
  const theory = useScope((scope) => (asked ? scope.theory : null));
  return useMemo(
    () => (code && theory && asked ? code.overlayOf(asked, by, theory, mode) : null),
    [code, theory, asked, by, mode],
  );
}
