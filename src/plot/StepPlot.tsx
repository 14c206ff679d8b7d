import { useCallback, useMemo } from 'react';
import { mapValues } from '../lib/objects';
import { lastOf, nearest, type TimeSeries } from '../lib/timeSeries';
import { reach, stepDomain, type ValueAxis } from './domain';
import { EndLabels, type EndLabel } from './EndLabels';
import type { PlotEvent } from './EventLines';
import { formatCount, formatExact, formatSignificant } from './format';
import { useGround, type Ground } from './ground';
import { drawingOf, stepCurve, meanOn, windowOf } from './steps';
import { drawSteps } from './stepMarks';
import { markPath } from './marks';
import { NotFinite } from './NotFinite';
import type { PlotFrame } from './frame';
import { useHeld } from './useHeld';
import type { StepBand, StepTrace } from './stepTrace';
import { useWholeScale, WholePlot } from './WholePlot';

export type { StepBand, StepTrace } from './stepTrace';

/** A horizontal line that gives values their meaning, as ln V does to a loss. */
export interface Level {
  value: number;
  label: string;
  /** The label where room is short. */
  short: string;
}

export interface StepPlotProps extends PlotFrame {
  traces: StepTrace[];
  bands?: StepBand[];
  levels?: Level[];
  axis: Pick<ValueAxis, 'kind' | 'live' | 'always'>;
  unit?: string;
  /** The step on show, where that is of the past. */
  moment?: number | undefined;
  events?: readonly PlotEvent[];
  /** A thick line is the mean of the last few steps, and each step a thin one behind it; else each step is. */
  smooths?: boolean;
  /** The step under the pointer, here or in another plot. */
  hovered: number | null;
  onHover(step: number | null): void;
}

type Curve = StepTrace & ReturnType<typeof stepCurve>;
type Area = Omit<StepBand, 'low' | 'mean' | 'high'> &
  Record<'low' | 'mean' | 'high', ReturnType<typeof stepCurve>>;

/** Below this width levels have their short names. */
const NARROW = 560;

const NO_LEVELS: Level[] = [];
const NO_BANDS: StepBand[] = [];

/** Values against training step, of a lane or of several layers of it. */
export function StepPlot(props: StepPlotProps) {
  const { traces, bands = NO_BANDS, levels = NO_LEVELS, axis, smooths = false, ...rest } = props;
  const { hovered, onHover, moment, events, unit, ...frame } = rest;
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
  const named = traces.filter(({ isUnnamed }) => !isUnnamed);
  const names = [...named.map(({ label }) => label), ...levelNames.map(({ text }) => text)];
  const across = useWholeScale(end, frame, names);
  const span = Math.round(across.right - across.left);

  const all = traces.map(({ series }) => series);
  const window = smooths ? windowOf(Math.max(0, ...all.map(({ length }) => length))) : 1;
  const mean = meanOn(kind, all);
  const drawing = [...traces, ...bands.map((band) => ({ ...band, series: band.mean }))].map(
    ({ id, label, series }) => `${id} ${label} ${drawingOf(series, span, axis.live ?? false)}`,
  );
  const { curves, areas } = useHeld([span, mean, window, ...drawing].join(), () => {
    const curveOf = (series: TimeSeries) => stepCurve(series, span, mean, window);
    return {
      curves: traces.map((trace): Curve => ({ ...trace, ...curveOf(trace.series) })),
      areas: bands.map(({ low, mean, high, ...look }): Area => ({
        ...look,
        ...mapValues({ low, mean, high }, curveOf),
      })),
    };
  });
  const data = useMemo(() => {
    const ends = curves.flatMap(({ least, most, raw }) =>
      // Values that have no place on the axis hide where those that have one begin.
      kind === 'log' && !(least && least.value > 0) ? raw : [least, most],
    );
    const bandEnds = areas.flatMap(({ low, high }) => [...low.mean, ...high.mean]);
    const drawn = [...ends, ...bandEnds].flatMap((end) => (end ? [end.value] : []));
    return reach(kind, [...levels.map(({ value }) => value), ...drawn]);
  }, [kind, levels, curves, areas]);
  const dense = useCallback(
    (context: CanvasRenderingContext2D, { across, y }: Ground) =>
      drawSteps(context, curves, areas, across.x, y),
    [curves, areas],
  );
  const ends = curves.filter(({ isUnnamed }) => !isUnnamed);
  // A value that was not finite once, as a gradient under a dynamic loss scale, may be so no longer.
  const lost = ends.filter(({ lost, series }) => lost && !Number.isFinite(lastOf(series)?.value));
  const nameOf = (curve: Curve): EndLabel => {
    const { id, label: text, colour, mark, end: tip } = curve;
    return lost.includes(curve)
      ? { id, text, colour, mark, end: { x: last, y: NaN }, strip: lost.indexOf(curve) }
      : { id, text, colour, mark, end: tip ? { x: tip.step, y: tip.value } : null };
  };

  return (
    <WholePlot
      {...frame}
      {...{ name: 'step', last, across, dense, hovered, onHover, moment, events }}
      axis={{ ...axis, data, subject: [frame.label, kind, ...values].join() }}
      shown={{ across: 'step', unit, steps: traces, bands, levels, smoothed: { window, mean } }}
      readingsAt={(step) => [
        ...curves.flatMap(({ raw, ...curve }) => {
          const series = traces.find(({ id }) => id === curve.id)?.series ?? curve.series;
          const record = nearest(series, step);
          if (record?.step !== step) return [];
          const drawn = raw.map(({ step, value }) => ({ x: step, y: value }));
          return [{ ...curve, value: record.value, points: drawn }];
        }),
        ...bands.flatMap(({ mean, ...band }) => {
          const record = nearest(mean, step);
          if (record?.step !== step) return [];
          return [{ ...band, value: record.value, points: [], isBare: true }];
        }),
      ]}
      behind={<Levels values={values} />}
    >
      {ends.map((curve) => (
        <CurveEnd key={curve.id} {...{ curve, last }} strip={lost.indexOf(curve)} />
      ))}
      <EndLabels labels={[...ends.map(nameOf), ...levelNames]} />
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
  const text =
    strip >= 0 && lost && `${formatSignificant(lost.value)} from step ${formatCount(lost.step)}`;
  return (
    <g className="step-curve" style={{ color: colour }} clipPath={clip}>
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
