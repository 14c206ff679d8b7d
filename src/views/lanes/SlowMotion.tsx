import { bisector } from 'd3-array';
import { useEffect, useMemo, useState } from 'react';
import { formatCount, formatSignificant } from '../../plot/format';
import { unpack, type Measurement, type PackedFrame } from '../../protocol/frame';
import type { Alarm } from '../../runs/alarms/alarm';
import { passageOf, type Stop } from '../../runs/alarms/passage';
import type { Segment } from '../../runs/run';
import type { LaneId } from '../../runs/state';
import { markOf } from '../panels/depthMarks';
import { useActions, useScopeStore } from '../scope';
import { IconButton } from '../ui/buttons';
import { PauseIcon, PlayIcon, StepIcon } from '../ui/icons';

/** Milliseconds from one site to the next. */
const PACE = 250;
/** Sites before the alarm at which it begins. */
const LEAD = 4;

const byStep = bisector<PackedFrame, number>(({ step }) => step);

/** The measurement of a step; null where its frame is not there any more. */
function measuredAt(segments: readonly Segment[], step: number): Measurement | null {
  for (const { config, layout, frames } of segments) {
    const packed = frames[byStep.left(frames, step)];
    if (packed?.step === step) return { config, layout, frame: unpack(layout, packed) };
  }
  return null;
}

const NAMES: Record<Stop['statistic'], string> = { rms: 'RMS', grad_rms: 'gradient RMS' };
const said = (value: number) => (Number.isFinite(value) ? formatSignificant(value) : 'not finite');

/** “RMS 7.1×10⁵, 1.24 at step 49” */
const told = ({ statistic, value, before }: Stop, step: number) =>
  [
    `${NAMES[statistic]} ${said(value)}`,
    before === null ? '' : `${said(before)} at step ${formatCount(step - 1)}`,
  ]
    .filter(Boolean)
    .join(', ');

interface Props {
  id: LaneId;
  alarm: Alarm;
}

/** Through the step of an alarm site by site, forward and then backward, each layer lit up on the stack and in the panels. */
export function SlowMotion({ id, alarm }: Props) {
  const { recorded, hover, showMoment } = useActions();
  const { getState } = useScopeStore();
  const { step, order } = alarm;
  const stops = useMemo(() => {
    const segments = recorded(id);
    const now = measuredAt(segments, step);
    return now ? passageOf(now, measuredAt(segments, step - 1)) : [];
  }, [recorded, id, step]);
  const signAt = stops.findLastIndex((stop) => stop.order <= order);
  const [at, setAt] = useState(Math.max(0, signAt - LEAD));
  const [runs, setRuns] = useState(false);
  const last = stops.length - 1;
  const isRunning = runs && at < last;
  const layer = stops[at]?.layer ?? null;

  useEffect(() => showMoment(step), [showMoment, step]);
  useEffect(
    () => hover(layer === null ? null : markOf(getState(), id, layer).from),
    [hover, getState, id, layer],
  );
  useEffect(() => () => hover(null), [hover]);
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setTimeout(() => setAt(at + 1), PACE);
    return () => clearTimeout(timer);
  }, [isRunning, at]);

  const stop = stops[at];
  if (!stop) return <p>Step {formatCount(step)} is not in the record any more.</p>;
  const go = (to: number) => {
    setRuns(false);
    setAt(Math.min(last, Math.max(0, to)));
  };
  const where = `${stop.at}, ${stop.direction}`;
  // An alarm of the loss, a tensor or the update as a whole is at no site.
  const isSign = stop.order === order;
  return (
    <div className="al-slow">
      <div className="al-slow-keys">
        <IconButton
          className="ui-small"
          label={isRunning ? 'Stop' : 'Run through the step'}
          icon={isRunning ? <PauseIcon /> : <PlayIcon />}
          onClick={() => {
            if (at === last) setAt(0);
            setRuns(!isRunning);
          }}
        />
        <input
          type="range"
          aria-label={`Site of step ${step}`}
          aria-valuetext={`${where}: ${told(stop, step)}`}
          min={0}
          max={last}
          value={at}
          onChange={(event) => go(Number(event.target.value))}
        />
        <IconButton
          className="ui-small"
          label="Next site"
          icon={<StepIcon />}
          onClick={() => go(at + 1)}
        />
      </div>
      <p data-sign={isSign || undefined}>
        <b>{where}</b>
        {isSign && ', the alarm'}
        <br />
        {stop.operation}
        <br />
        {told(stop, step)}
      </p>
    </div>
  );
}
