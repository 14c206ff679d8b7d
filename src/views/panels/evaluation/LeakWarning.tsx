import { useMemo } from 'react';
import { leaks } from '../../../runs/leakNotices';
import { useScope } from '../../scope';
import { LaneMark } from '../../ui/LaneMark';
import { named } from '../lanes';
import { useCalm } from '../../ui/useCalm';
import { leakClause } from './sentences';

/** Which causal lanes let later tokens reach earlier ones, and by how much. */
export function LeakWarning() {
  const all = useScope((scope) => scope.lanes);
  const leaking = useMemo(() => named(all).filter(({ lane }) => leaks(lane.shown)), [all]);
  return leaking.map(({ lane, name }) => (
    <p key={lane.id} className="ev-notice" data-level="warning">
      <LaneMark id={lane.id} size={12} />
      <Leaking
        text={`${name} leaks between tokens${
          lane.evaluation?.leak ? `: ${leakClause(lane.evaluation.leak)}.` : '.'
        }`}
      />
    </p>
  ));
}

const Leaking = ({ text }: { text: string }) => <span>{useCalm(text)}</span>;
