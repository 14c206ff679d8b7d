import { COMMANDS, tipOf } from '../commands';
import { useActions, useScope } from '../scope';
import { IconButton } from '../ui/IconButton';
import { PauseIcon, PlayIcon, ResetIcon, StepIcon } from '../ui/icons';
import { Pick } from '../ui/Pick';

const SPEEDS: [speed: number | null, label: string][] = [
  [1, '1/s'],
  [2, '2/s'],
  [5, '5/s'],
  [10, '10/s'],
  [30, '30/s'],
  [null, 'fastest'],
];
const speedOption = (speed: number | null) => String(speed ?? 'fastest');

function Speed() {
  const speed = useScope((s) => s.speed);
  const { setSpeed } = useActions();
  return (
    <Pick
      className="hd-speed"
      label="Speed"
      value={speedOption(speed)}
      options={SPEEDS.map(([value, label]) => ({ value: speedOption(value), label }))}
      onPick={(picked) =>
        setSpeed(SPEEDS.find(([value]) => speedOption(value) === picked)?.[0] ?? null)
      }
    />
  );
}

/** Play, one step, back to the start, and how fast. */
export function Transport() {
  const playing = useScope((s) => s.playing);
  const { play, pause, stepOnce, reset } = useActions();
  return (
    <div className="hd-transport" role="group" aria-label="Running">
      <IconButton
        className="hd-play"
        data-testid="play"
        {...tipOf(COMMANDS.play)}
        label={playing ? 'Pause' : 'Play'}
        icon={playing ? <PauseIcon /> : <PlayIcon />}
        onClick={playing ? pause : play}
      />
      <IconButton {...tipOf(COMMANDS.step)} icon={<StepIcon />} onClick={stepOnce} />
      <IconButton {...tipOf(COMMANDS.reset)} icon={<ResetIcon />} onClick={reset} />
      <Speed />
    </div>
  );
}
