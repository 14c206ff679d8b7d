import { memo } from 'react';
import { useShallow } from 'zustand/shallow';
import { COMPARISONS, type Comparison } from '../../config/comparison';
import type { Quantity } from '../../config/quantity';
import type { LaneId } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { Pick } from '../ui/Pick';
import { baselineOf, lanesOnShow, named } from './lanes';
import { hasLaw } from './theory/law';

const VALUES = 'values';
const THEORY = 'theory';
const NOTES: Record<Comparison, string> = {
  ratio: 'Every lane divided by this one, layer by layer, where both have it.',
  difference:
    'Every lane less this one, layer by layer: a ratio of what may be 0 would say nothing.',
};

const theoryNote = (by: Comparison) =>
  `Measured ${by === 'ratio' ? 'over' : 'less'} predicted at initialization, lane by lane.`;

interface BaselineProps {
  by: Comparison;
  /** Values of a quantity that has a law may be held against theory. */
  quantity?: Quantity | undefined;
}

/** Values as they are, or held against those of a lane, or theory’s. One choice for all panels. */
export const Baseline = memo(function Baseline({ by, quantity }: BaselineProps) {
  const { setView } = useActions();
  const hasTheory = quantity !== undefined && hasLaw(quantity);
  const theory = useScope(({ view }) => (hasTheory ? view.theory : 'off'));
  const baseline = useScope(baselineOf);
  const ids = useScope(useShallow((scope) => lanesOnShow(scope).map(({ id }) => id)));
  const names = useScope(useShallow((scope) => named(lanesOnShow(scope)).map(({ name }) => name)));
  if (ids.length < 2 && theory === 'off') return null;
  const { sign } = COMPARISONS[by];
  const to = by === 'ratio' ? 'ratio to' : 'difference from';
  const value = theory === 'ratio' ? THEORY : (baseline ?? VALUES);
  const nameOf: Record<string, string> = { [THEORY]: THEORY };
  ids.forEach((id, i) => (nameOf[id] = names[i]!));
  return (
    <Pick
      className="panel-pick"
      label={`Values or ${by}`}
      value={value}
      shown={value === VALUES ? VALUES : `${sign} ${nameOf[value]!}`}
      options={[
        { value: VALUES, label: VALUES, note: 'As they were measured.' },
        ...(hasTheory ? [{ value: THEORY, label: `${to} theory`, note: theoryNote(by) }] : []),
        ...(ids.length > 1 ? ids : []).map((id) => ({
          value: id,
          label: `${to} ${nameOf[id]!}`,
          note: NOTES[by],
        })),
      ]}
      onPick={(picked) => {
        if (picked === THEORY) setView({ theory: 'ratio' });
        else
          setView({
            baseline: picked === VALUES ? null : (picked as LaneId),
            ...(theory === 'ratio' && { theory: 'on' }),
          });
      }}
    />
  );
});
