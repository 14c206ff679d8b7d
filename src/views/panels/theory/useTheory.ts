import { useMemo } from 'react';
import type { Comparison } from '../../../config/comparison';
import type { Quantity } from '../../../config/quantity';
import type { Trace } from '../../../plot/trace';
import { later } from '../../../runs/later';
import type { Lane } from '../../../runs/state';
import { useScope } from '../../scope';
import { useCode } from '../../ui/useCode';
import type { NamedLane } from '../lanes';
import type { Series } from '../series';

/** What theory adds to a panel against depth. */
export interface TheoryOverlay {
  /** Values are held against their predictions. */
  isRatio: boolean;
  /** The lane at the measurement that its prediction is of. */
  matched(lane: Lane): Lane;
  /** The predicted curve; none where there is none. */
  predicted(lane: Lane): Series[];
  /** @param hold holds curves against those of the baseline, where there is one */
  traces(
    lanes: readonly NamedLane[],
    hold: (series: Series[]) => Series[],
    n_layers: number,
  ): Trace[];
  tell(lanes: readonly NamedLane[]): string;
}

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
