import { useState } from 'react';
import type { Lane, Scope } from '../../../runs/state';
import { useScope } from '../../scope';
import { isAbsent, lanesOnShow } from '../lanes';

const isSame = (a: Lane, b: Lane | undefined): boolean =>
  a.id === b?.id &&
  a.config === b.config &&
  a.shown?.config === b.shown?.config &&
  isAbsent(a) === isAbsent(b) &&
  a.evaluation === b.evaluation &&
  a.engine.status === b.engine.status &&
  a.engine.error === b.engine.error;

/** All lanes on show, the same ones until something changes that evaluation shows: not at every step. */
function steadily() {
  let last: Lane[] = [];
  return (scope: Scope): Lane[] => {
    const lanes = lanesOnShow(scope);
    if (lanes.length !== last.length || !lanes.every((lane, i) => isSame(lane, last[i]))) {
      last = lanes;
    }
    return last;
  };
}

export function useEvaluatedLanes(): Lane[] {
  const [pick] = useState(steadily);
  return useScope(pick);
}
