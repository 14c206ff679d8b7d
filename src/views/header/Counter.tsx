import { formatCount } from '../../plot/format';
import { useScope } from '../scope';

/** The step on show. */
export function Counter() {
  // Lanes run in lock step; one that has just been built may be a frame behind.
  const step = useScope((s) => Math.max(0, ...s.lanes.map((lane) => lane.shown?.frame.step ?? 0)));
  return (
    <p className="hd-counter">
      step <span className="hd-step">{formatCount(step)}</span>
    </p>
  );
}
