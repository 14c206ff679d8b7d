import { useState } from 'react';
import { useShallow } from 'zustand/shallow';
import { formatCount } from '../../plot/format';
import { LANE_IDS, type LaneId, type Trial, type Trouble } from '../../runs/state';
import { Formula } from '../Formula';
import { useActions, useScope } from '../scope';
import { Button } from '../ui/buttons';
import { laneLetter } from '../ui/LaneMark';
import { named } from '../panels/lanes';
import { Pick } from '../ui/Pick';
import { later } from '../ui/later';
import { DismissButton } from '../ui/Notices';
import { ALARMS_MEMORY, remember } from '../ui/remembered';
import { Terms } from '../ui/Terms';
import { TipPopup } from '../ui/TipPopup';
import { useMedia } from '../ui/useMedia';
import { useLaneIds } from './useLane';
import './alarm.css';

const OUTCOMES: Record<Trial['outcome'], (step: string) => string> = {
  open: () => 'under way',
  passed: (step) => `no alarm up to step ${step}: it passed`,
  failed: (step) => `an alarm at step ${step}: it failed`,
};
const trialWords = ({ lane, remedy, outcome, step }: Trial) =>
  `Lane ${laneLetter(lane)}, ${remedy.title}: ${OUTCOMES[outcome](formatCount(step))}.`;

const SlowMotion = later(() => import('./SlowMotion').then((code) => code.SlowMotion));

interface Props {
  id: LaneId;
  trouble: Trouble;
}

/** The first sign that a run goes wrong, where to look at it, and what may keep the run from it. */
export function AlarmMessage({ id, trouble }: Props) {
  const { alarm, remedies, trials } = trouble;
  const { play, showMoment, tryRemedies, dismissTrouble, setPausesAtAlarms } = useActions();
  const ids = useLaneIds();
  const names = useScope(useShallow((s) => named(s.lanes).map(({ name }) => name)));
  const free = LANE_IDS.length - ids.length;
  const others = ids.filter((other) => other !== id);
  const [picked, setPicked] = useState<LaneId | null>(null);
  /** Where no lane is free, the one that a fork takes the place of. */
  const replaced = others.find((other) => other === picked) ?? others.at(-1);
  const into = free === 0 ? replaced : undefined;
  const pauses = useScope((s) => s.pausesAtAlarms);
  // On a phone the message stands over the panels.
  const hasRoom = useMedia('(min-width: 900px)');
  const isPlaying = useScope((s) => s.playing);
  const [isSlow, setSlow] = useState(false);
  const untried = remedies.filter((one) => !trials.some(({ remedy }) => remedy.id === one.id));
  const atOnce = untried.slice(0, free);
  const before = Math.max(0, alarm.since - 1);
  const goOn = () => {
    dismissTrouble(id);
    showMoment('live');
    if (!isPlaying) play();
  };
  const keep = (on: boolean) => {
    setPausesAtAlarms(on);
    remember(ALARMS_MEMORY, on ? 'pause' : 'mark');
  };
  return (
    <div className="ui-notice al" data-level={alarm.pauses ? 'warning' : 'info'}>
      <p>
        <TipPopup
          className="al-rule"
          name={alarm.title}
          label={`${alarm.title}. ${alarm.note}`}
          content={(isPressed) => (
            <>
              <p>{isPressed ? <Terms>{alarm.note}</Terms> : alarm.note}</p>
              <Formula tex={alarm.formula} />
            </>
          )}
        >
          {alarm.title}
        </TipPopup>{' '}
        <Terms>{alarm.sentence}</Terms>
      </p>
      <DismissButton onClick={() => dismissTrouble(id)} />
      <div className="al-ways">
        <Button
          title={`The step before the first sign, which is at step ${formatCount(alarm.since)}`}
          onClick={() => showMoment(before)}
        >
          Show step {formatCount(before)}
        </Button>
        {alarm.pauses && !isPlaying && <Button onClick={goOn}>Go on</Button>}
        <label className="al-pauses">
          <input
            type="checkbox"
            checked={pauses}
            onChange={(event) => keep(event.target.checked)}
          />{' '}
          Pause at alarms
        </label>
      </div>
      <details className="al-slowly" onToggle={(event) => setSlow(event.currentTarget.open)}>
        <summary>Slow motion through step {formatCount(alarm.step)}</summary>
        {isSlow && <SlowMotion {...{ id, alarm }} />}
      </details>
      {trials.length > 0 && (
        <ul className="al-trials">
          {trials.map((trial) => (
            <li key={trial.remedy.id} data-outcome={trial.outcome}>
              {trialWords(trial)}
            </li>
          ))}
        </ul>
      )}
      {untried.length > 0 && (
        <details className="al-remedies" open={hasRoom && trials.length === 0}>
          <summary>
            {free > 0
              ? 'Go back and continue in a lane of its own'
              : 'Go back and continue in place of another lane'}
          </summary>
          {into && (
            <div className="al-place">
              <span>In place of</span>
              <Pick
                label="Lane that a remedy takes the place of"
                value={into}
                options={others.map((other) => ({
                  value: other,
                  label: `${laneLetter(other)}: ${names[ids.indexOf(other)]}`,
                }))}
                onPick={(next) => setPicked(next as LaneId)}
              />
            </div>
          )}
          {atOnce.length > 1 && (
            <Button onClick={() => void tryRemedies(id, atOnce)}>
              Try the first {atOnce.length} at once
            </Button>
          )}
          {untried.map((remedy) => (
            <div key={remedy.id} className="al-remedy">
              <Button onClick={() => void tryRemedies(id, [remedy], into)}>
                {remedy.title}, from step {formatCount(remedy.from)}
              </Button>
              <p>
                <Terms>{remedy.reason}</Terms>
              </p>
            </div>
          ))}
        </details>
      )}
    </div>
  );
}
