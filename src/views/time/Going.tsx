import { formatCount } from '../../plot/format';
import { beyond, unreachable } from '../../runs/reach';
import { useActions, useScope } from '../scope';
import { Button } from '../ui/buttons';
import { focusTrack } from './focusTrack';
import { Fork } from './Fork';

const GO_ON =
  'The lanes stand at this step again, exactly; what they recorded after it is kept and can be brought back';
const LIVE =
  'The present is on show, where the lanes stand; from a step of the past they can go on anew';

/** Progress of lanes that go back to a step, or the ways on from the one on show. */
export function Going() {
  const { goTo, cancelReturn } = useActions();
  const moment = useScope((s) => s.moment);
  const returning = useScope((s) => s.lanes.find((lane) => lane.returning)?.returning ?? null);
  const step = moment === 'live' ? null : moment;
  const problem = useScope((s) =>
    step === null ? null : unreachable(beyond(s.lanes, step), step),
  );
  if (returning) {
    return (
      <div className="tm-going">
        <progress
          aria-label={`Going to step ${formatCount(returning.to)}`}
          max={returning.to}
          value={returning.step}
        />
        <span>{`step ${formatCount(returning.step)} of ${formatCount(returning.to)}`}</span>
        <Button
          className="tm-act"
          onClick={() => {
            cancelReturn();
            focusTrack();
          }}
        >
          Cancel
        </Button>
      </div>
    );
  }
  return (
    <div className="tm-going">
      <Button
        className="tm-act"
        disabled={step === null || problem !== null}
        title={problem ?? (step === null ? LIVE : GO_ON)}
        onClick={() => {
          if (step !== null) void goTo(step);
          focusTrack();
        }}
      >
        Go on from here
      </Button>
      <Fork step={step} />
    </div>
  );
}
