import { COMMANDS, playBack } from '../commands';
import { useScope, useScopeStore } from '../scope';
import { Button, IconButton } from '../ui/buttons';
import { icon, PauseIcon, PlayIcon, StepIcon } from '../ui/icons';
import { Pick } from '../ui/Pick';
import { Going } from './Going';
import { Track } from './Track';
import './time.css';

const BackIcon = icon(<path className="solid" d="M11.5 2.8v10.4L2.9 8z" />);
const StepBackIcon = icon(<path className="solid" d="M13 3v10L6 8zM4.8 3H3v10h1.8z" />);

/** Recorded steps a second. */
const SPEEDS = [5, 10, 30, 60, 200, 1000];
const labelOf = (speed: number) => `${speed}/s`;

/** Everything that was recorded, from end to end: what is on show, and the way to any other step. */
export function Timeline() {
  const store = useScopeStore();
  const isLive = useScope(({ moment }) => moment === 'live');
  const { direction, speed } = useScope(({ playback }) => playback);
  const { moveMoment, showMoment, setPlaybackSpeed } = store.actions;
  const [back, on] = COMMANDS.playBack.shown.split(' ');
  return (
    <section className="tm" aria-label="Timeline">
      <div className="tm-keys" role="group" aria-label="Recorded steps">
        <IconButton
          label={direction < 0 ? 'Stop running back' : 'Run back through the record'}
          shortcut={back!}
          icon={direction < 0 ? <PauseIcon /> : <BackIcon />}
          onClick={() => playBack(store, -1)}
        />
        <IconButton
          label="One recorded step back"
          shortcut={COMMANDS.stepBack.shown}
          icon={<StepBackIcon />}
          onClick={() => moveMoment(-1)}
        />
        <IconButton
          label="One recorded step on"
          shortcut={COMMANDS.step.shown}
          icon={<StepIcon />}
          disabled={isLive}
          onClick={() => moveMoment(1)}
        />
        <IconButton
          label={direction > 0 ? 'Stop running on' : 'Run on through the record'}
          shortcut={on!}
          icon={direction > 0 ? <PauseIcon /> : <PlayIcon />}
          onClick={() => playBack(store, 1)}
        />
        <Pick
          className="tm-speed"
          label="Playback rate"
          value={labelOf(speed)}
          options={SPEEDS.map(labelOf).map((label) => ({ value: label, label }))}
          onPick={(picked) => setPlaybackSpeed(SPEEDS.find((one) => labelOf(one) === picked)!)}
        />
      </div>
      <Track />
      <Going />
      <Button className="tm-live" aria-pressed={isLive} onClick={() => showMoment('live')}>
        live
      </Button>
    </section>
  );
}
