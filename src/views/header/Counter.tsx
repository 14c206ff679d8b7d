import { formatCount } from '../../plot/format';
import { useScope } from '../scope';

const rate = (perSecond: number) =>
  perSecond === 0 ? null : perSecond < 9.95 ? perSecond.toFixed(1) : perSecond.toFixed(0);

/** The step on show and the steps per second measured. */
export function Counter() {
  // Lanes run in lock step; one that has just been built may be a frame behind.
  const step = useScope((s) => Math.max(0, ...s.lanes.map((lane) => lane.frame?.step ?? 0)));
  const perSecond = useScope((s) => rate(s.stepsPerSecond));
  return (
    <p className="hd-counter">
      step <span className="hd-step">{formatCount(step)}</span>
      <span className="hd-rate" data-rest={perSecond === null || undefined}>
        <span>{perSecond}</span>/s
      </span>
    </p>
  );
}
