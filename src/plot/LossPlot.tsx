import { useCallback, useMemo } from 'react';
import { lastOf, nearest, type TimeSeries } from '../lib/timeSeries';
import { reach, stepDomain, type ValueAxis } from './domain';
import { EndLabels, type EndLabel } from './EndLabels';
import type { PlotEvent } from './EventLines';
import { formatCount, formatExact, formatSignificant } from './format';
import { useGround, type Ground } from './ground';
import { drawingOf, lossCurve, meanOn, windowOf } from './loss';
import { drawLoss } from './lossMarks';
import { markPath, type Mark } from './marks';
import { NotFinite } from './NotFinite';
import type { PlotFrame } from './frame';
import { useHeld } from './useHeld';
import { useWholeScale, WholePlot } from './WholePlot';

export interface LossTrace {
  id: string;
  label: string;
  colour: string;
  mark: Mark;
  series: TimeSeries;
}

/** A horizontal line that gives a loss its meaning. */
export interface Level {
  value: number;
  label: string;
  /** The label where room is short. */
  short: string;
}

export interface LossPlotProps extends PlotFrame {
  traces: LossTrace[];
  levels: Level[];
  axis: Pick<ValueAxis, 'kind' | 'live'>;
  /** The step on show, where that is of the past. */
  moment?: number | undefined;
  events?: readonly PlotEvent[];
}

type Curve = LossTrace & ReturnType<typeof lossCurve>;

/** Below this width levels have their short names. */
const NARROW = 560;

/** Loss against training step: each step as a thin line, the trailing mean as a thick one. */
export function LossPlot({ traces, levels, axis, moment, events, ...frame }: LossPlotProps) {
  const { kind } = axis;
  const values = levels.map(({ value }) => value);
  const last = Math.max(0, ...traces.map(({ series }) => lastOf(series)?.step ?? 0));
  const end = stepDomain(last)[1];
  const levelNames = levels.map(({ label, short, value }): EndLabel => ({
    // Lanes with other data have another level of the same name.
    id: `${label} ${value}`,
    text: `${frame.width < NARROW ? short : label} ${formatSignificant(value)}`,
    title: `${label}: ${formatExact(value)} nats`,
    colour: 'var(--ink-soft)',
    end: { x: end, y: value },
  }));
  const names = [...traces.map(({ label }) => label), ...levelNames.map(({ text }) => text)];
  const across = useWholeScale(end, frame, names);
  const span = Math.round(across.right - across.left);

  const all = traces.map(({ series }) => series);
  const window = windowOf(Math.max(0, ...all.map(({ length }) => length)));
  const mean = meanOn(kind, all);
  const drawing = traces.map(
    ({ id, label, series }) => `${id} ${label} ${drawingOf(series, span, axis.live ?? false)}`,
  );
  const curves = useHeld([span, mean, window, ...drawing].join(), () =>
    traces.map((trace): Curve => ({ ...trace, ...lossCurve(trace.series, span, mean, window) })),
  );
  const data = useMemo(() => {
    const ends = curves.flatMap(({ least, most, raw }) =>
      // Values that have no place on the axis hide where those that have one begin.
      kind === 'log' && !(least && least.value > 0) ? raw : [least, most],
    );
    const losses = ends.flatMap((end) => (end ? [end.value] : []));
    return reach(kind, [...levels.map(({ value }) => value), ...losses]);
  }, [kind, levels, curves]);
  const dense = useCallback(
    (context: CanvasRenderingContext2D, { across, y }: Ground) =>
      drawLoss(context, curves, across.x, y),
    [curves],
  );
  const lost = curves.filter((curve) => curve.lost);
  const nameOf = (curve: Curve): EndLabel => {
    const { id, label: text, colour, mark, end: tip } = curve;
    return curve.lost
      ? { id, text, colour, mark, end: { x: last, y: NaN }, strip: lost.indexOf(curve) }
      : { id, text, colour, mark, end: tip ? { x: tip.step, y: tip.value } : null };
  };

  return (
    <WholePlot
      {...frame}
      {...{ name: 'step', last, across, dense, moment, events }}
      axis={{ ...axis, data, subject: [kind, ...values].join() }}
      readingsAt={(step) =>
        curves.flatMap(({ raw, ...curve }) => {
          const series = traces.find(({ id }) => id === curve.id)?.series ?? curve.series;
          const record = nearest(series, step);
          if (record?.step !== step) return [];
          const drawn = raw.map(({ step, value }) => ({ x: step, y: value }));
          return [{ ...curve, value: record.value, points: drawn }];
        })
      }
      behind={<Levels values={values} />}
    >
      {curves.map((curve) => (
        <CurveEnd key={curve.id} {...{ curve, last }} strip={lost.indexOf(curve)} />
      ))}
      <EndLabels labels={[...curves.map(nameOf), ...levelNames]} />
    </WholePlot>
  );
}

/** Dashed lines across the plot. */
function Levels({ values }: { values: number[] }) {
  const { across, y } = useGround();
  return values.map((value) => (
    <line
      key={value}
      className="level"
      x1={across.left}
      x2={across.right}
      y1={y(value)!}
      y2={y(value)!}
    />
  ));
}

interface EndProps {
  curve: Curve;
  last: number;
  /** Its row among those that are lost. */
  strip: number;
}

/** The mark at the end of a curve, and where the curve broke off. */
function CurveEnd({ curve, last, strip }: EndProps) {
  const { across, clip, y } = useGround();
  const { colour, label, mark, end: tip, lost } = curve;
  const tipY = tip ? y(tip.value) : null;
  const text = lost && `${formatSignificant(lost.value)} from step ${formatCount(lost.step)}`;
  return (
    <g className="loss-curve" style={{ color: colour }} clipPath={clip}>
      {tip && tipY !== null && (
        <path className="end" d={markPath(mark, across.x(tip.step), tipY, 3.6)} />
      )}
      {lost && text && (
        <NotFinite
          gap={{ from: lost.step, to: last, whole: false, text }}
          {...{ label, strip }}
          column={8}
        />
      )}
    </g>
  );
}
