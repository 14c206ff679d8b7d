import { memo } from 'react';
import { useShallow } from 'zustand/shallow';
import { COMPARISONS, type Comparison } from '../../config/comparison';
import type { LaneId } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { Pick } from '../ui/Pick';
import { baselineOf, lanesOnShow, named } from './lanes';

const VALUES = 'values';
const NOTES: Record<Comparison, string> = {
  ratio:
    'Every lane divided by this one, layer by layer. A layer that one of the two lacks is left out.',
  difference:
    'Every lane less this one, layer by layer: a ratio of what may be 0 would say nothing.',
};

/** Values as they are, or held against those of a lane. One choice for all panels. */
export const Baseline = memo(function Baseline({ by }: { by: Comparison }) {
  const { setView } = useActions();
  const value = useScope(baselineOf);
  const ids = useScope(useShallow((scope) => lanesOnShow(scope).map(({ id }) => id)));
  const names = useScope(useShallow((scope) => named(lanesOnShow(scope)).map(({ name }) => name)));
  if (ids.length < 2) return null;
  const { sign } = COMPARISONS[by];
  return (
    <Pick
      className="panel-pick"
      label={`Values or ${by}`}
      value={value ?? VALUES}
      shown={value ? `${sign} ${names[ids.indexOf(value)]!}` : VALUES}
      options={[
        { value: VALUES, label: VALUES, note: 'As they were measured.' },
        ...ids.map((id, i) => ({
          value: id,
          label: `${by} to ${names[i]!}`.replace('difference to', 'difference from'),
          note: NOTES[by],
        })),
      ]}
      onPick={(picked) => setView({ baseline: picked === VALUES ? null : (picked as LaneId) })}
    />
  );
});
