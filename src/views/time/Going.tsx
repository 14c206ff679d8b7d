import { formatCount } from '../../plot/format';
import { useActions, useScope } from '../scope';
import { Button } from '../ui/buttons';
import { Fork } from './Fork';

/** Progress of lanes that go back to a step, or the ways on from the one on show. */
export function Going() {
  const { goTo, cancelReturn } = useActions();
  const moment = useScope((s) => s.moment);
  const returning = useScope((s) => s.lanes.find((lane) => lane.returning)?.returning ?? null);
  const step = moment === 'live' ? null : moment;
  if (returning) {
    return (
      <div className="tm-going">
        <progress
          aria-label={`Going to step ${formatCount(returning.to)}`}
          max={returning.to}
          value={returning.step}
        />
        <span>{`step ${formatCount(returning.step)} of ${formatCount(returning.to)}`}</span>
        <Button className="tm-act" onClick={cancelReturn}>
          Cancel
        </Button>
      </div>
    );
  }
  return (
    <div className="tm-going">
      <Button
        className="tm-act"
        disabled={step === null}
        title="The lanes stand at this step again, exactly; what they recorded after it is kept and can be brought back"
        onClick={() => step !== null && void goTo(step)}
      >
        Go on from here
      </Button>
      <Fork step={step} />
    </div>
  );
}
