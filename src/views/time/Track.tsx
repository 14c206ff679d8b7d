import { groups } from 'd3-array';
import { useMemo, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useShallow } from 'zustand/shallow';
import { formatCount } from '../../plot/format';
import { perObject } from '../../lib/objects';
import { markPath } from '../../plot/marks';
import { useSize } from '../../plot/useSize';
import { lastOf } from '../../lib/timeSeries';
import { engineStep } from '../../runs/state';
import { useLaneIds } from '../lanes/useLane';
import { laneLook } from '../panels/lanes';
import { useActions, useScope } from '../scope';

import { marksOf, sayMark, type TimeMark } from './marks';
import { fromWhere } from './pedigree';

/** Pixels beyond either end, for the handle that stands there. */
const ROOM = 9;
/** Pixels within which a pointer is at a mark. */
const REACH = 5;

/** Recorded steps that a key moves by. */
const KEYS: Partial<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: -Infinity,
  End: Infinity,
};

/** The marks of the lanes: others when something happened, and not at every step. */
function useMarks(): TimeMark[] {
  const ids = useLaneIds();
  const events = useScope(useShallow((s) => s.lanes.map((lane) => lane.events)));
  const forks = useScope(useShallow((s) => s.lanes.map((lane) => lane.fork)));
  const origins = useScope(useShallow((s) => s.lanes.map((lane) => fromWhere(lane, s.lanes))));
  const alarms = useScope(useShallow((s) => s.lanes.map((lane) => lane.alarms)));
  return useMemo(
    () =>
      marksOf(
        ids.map((id, i) => ({
          ...{ id, events: events[i]!, alarms: alarms[i]! },
          ...{ fork: forks[i]!, from: origins[i]! },
        })),
      ),
    [ids, events, alarms, forks, origins],
  );
}

/** All recorded steps as a line, the one on show as its handle. */
export function Track() {
  const [attach, size] = useSize();
  const { showMoment, moveMoment } = useActions();
  const moment = useScope((s) => s.moment);
  const ids = useLaneIds();
  const stands = useScope(useShallow((s) => s.lanes.map(engineStep)));
  /** Where runs that were opened end, which may be after the present. */
  const ends = useScope(useShallow((s) => s.recordings.map(({ loss }) => lastOf(loss)?.step ?? 0)));
  const first = useScope((s) =>
    Math.min(...s.lanes.flatMap(({ loss }) => loss.records[0]?.step ?? [])),
  );
  const marks = useMarks();
  /** The step under the pointer. */
  const [pointed, setPointed] = useState<number | null>(null);

  const from = Number.isFinite(first) ? first : 0;
  const present = Math.max(from, ...stands);
  const last = Math.max(present, ...ends);
  const { width, height } = size ?? { width: 0, height: 0 };
  const pixels = Math.max(1, width - 2 * ROOM) / Math.max(1, last - from);
  const x = (step: number) => ROOM + (step - from) * pixels;
  const near = (step: number) =>
    marks.filter((mark) => Math.abs(mark.step - step) * pixels <= REACH);

  const stepAt = (event: PointerEvent) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const step = Math.min(last, Math.max(from, Math.round(from + (at - ROOM) / pixels)));
    return near(step)[0]?.step ?? step;
  };
  const point = (event: PointerEvent) => {
    const step = stepAt(event);
    setPointed(step);
    if (event.buttons & 1) showMoment(step);
  };
  const pressed = (event: KeyboardEvent) => {
    const by = KEYS[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    moveMoment(event.shiftKey ? 10 * by : by);
  };

  const isLive = moment === 'live';
  const at = isLive ? present : moment;
  const told = (step: number) => near(step).map(sayMark);
  const value = isLive
    ? `step ${formatCount(at)}, live`
    : `step ${formatCount(at)} of ${formatCount(last)}, ${at > present ? 'ahead' : 'past'}`;
  const flagged = pointed ?? (isLive || !told(at).length ? null : at);
  const middle = height / 2;
  return (
    <div
      ref={attach}
      className="tm-track"
      role="slider"
      tabIndex={0}
      aria-label="Step on show"
      aria-valuemin={from}
      aria-valuemax={last}
      aria-valuenow={at}
      aria-valuetext={[value, ...told(at)].join('; ')}
      data-past={!isLive || undefined}
      onKeyDown={pressed}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        point(event);
      }}
      onPointerMove={point}
      onPointerUp={(event) => event.pointerType === 'touch' && setPointed(null)}
      onPointerLeave={() => setPointed(null)}
    >
      {size && (
        <svg width={width} height={height} aria-hidden="true">
          <line className="tm-line" x1={x(from)} x2={x(last)} y1={middle} y2={middle} />
          <line className="tm-gone" x1={x(from)} x2={x(at)} y1={middle} y2={middle} />
          {groupsOf(marks).map(({ lane, kind, steps }) => (
            <path
              key={lane + kind}
              className="tm-mark"
              data-kind={kind}
              style={{ color: laneLook(lane).colour }}
              d={steps.map((step) => SHAPES[kind](Math.round(x(step)), middle)).join('')}
            />
          ))}
          {ids.map((id, i) => (
            <path
              key={id}
              className="tm-stand"
              style={{ color: laneLook(id).colour }}
              d={markPath(
                laneLook(id).mark,
                x(stands[i]!),
                middle + 7 * (i - (ids.length - 1) / 2),
                3,
              )}
            />
          ))}
          <rect className="tm-handle" x={x(at) - 3} y={middle - 10} width={6} height={20} rx={3} />
        </svg>
      )}
      {flagged !== null && (
        <span
          className="tm-flag"
          aria-hidden="true"
          style={x(flagged) > width / 2 ? { right: width - x(flagged) } : { left: x(flagged) }}
        >
          {[`step ${formatCount(flagged)}`, ...told(flagged)].join(' · ')}
        </span>
      )}
    </div>
  );
}

/** Steps of marks that look the same: each such group is drawn at once, for there may be many alarms. */
const groupsOf = perObject((marks: TimeMark[]) =>
  groups(
    marks,
    ({ lane }) => lane,
    ({ kind }) => kind,
  ).flatMap(([lane, kinds]) =>
    kinds.map(([kind, ones]) => ({
      lane,
      kind,
      steps: [...new Set(ones.map(({ step }) => step))],
    })),
  ),
);

/** A change is a tick, a fork a branch, an alarm a triangle, in the colour of the lane. */
const SHAPES: Record<TimeMark['kind'], (x: number, y: number) => string> = {
  change: (x, y) => `M${x},${y - 8}v16`,
  fork: (x, y) => `M${x},${y}l5,-8`,
  alarm: (x, y) => `M${x},${y - 4}l-4,-7h8z`,
};
