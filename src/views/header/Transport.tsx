import { COMMANDS, stepOn, tipOf } from '../commands';
import { useActions, useScope, useScopeStore } from '../scope';
import { IconButton } from '../ui/buttons';
import { PauseIcon, PlayIcon, ResetIcon, StepIcon } from '../ui/icons';
import { Pick } from '../ui/Pick';

/** In steps a second; null is as fast as it goes. */
const SPEEDS = [1, 2, 5, 10, 30, null];
const labelOf = (speed: number | null) => (speed === null ? 'fastest' : `${speed}/s`);

function Speed() {
  const speed = useScope((s) => s.speed);
  const { setSpeed } = useActions();
  return (
    <Pick
      className="hd-speed"
      label="Speed"
      value={labelOf(speed)}
      options={SPEEDS.map(labelOf).map((label) => ({ value: label, label }))}
      onPick={(picked) => setSpeed(SPEEDS.find((one) => labelOf(one) === picked) ?? null)}
    />
  );
}

export function Transport() {
  const playing = useScope((s) => s.playing);
  const store = useScopeStore();
  const { play, pause, reset } = store.actions;
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
      <IconButton
        {...tipOf(COMMANDS.step)}
        label="One step"
        icon={<StepIcon />}
        onClick={() => stepOn(store)}
      />
      <IconButton {...tipOf(COMMANDS.reset)} icon={<ResetIcon />} onClick={reset} />
      <Speed />
    </div>
  );
}
