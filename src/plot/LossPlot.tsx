import { useCallback, useMemo } from 'react';
import { hatching } from './breaks';
import { depthMargins } from './depth';
import { reach, stepDomain, type ValueAxis } from './domain';
import { EndLabels, type EndLabel } from './EndLabels';
import { formatCount, formatExact, formatSignificant } from './format';
import { useGround, type Ground } from './ground';
import { lossCurve, nearest, type LossPoint } from './loss';
import { drawLoss } from './lossMarks';
import { markPath, type Mark } from './marks';
import { NotFinite } from './NotFinite';
import type { PlotFrame } from './Plot';
import { useWholeScale, WholePlot } from './WholePlot';

export interface LossTrace {
  id: string;
  label: string;
  colour: string;
  mark: Mark;
  points: LossPoint[];
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
}

type Curve = LossTrace & ReturnType<typeof lossCurve>;

/** Below this width levels have their short names. */
const NARROW = 560;

/** Loss against training step: each step as a thin line, the running mean as a thick one. */
export function LossPlot({ traces, levels, axis, ...frame }: LossPlotProps) {
  const { kind } = axis;
  const { width, text } = frame;
  const named = levels.map(({ label, short, value }) => ({
    id: label,
    text: `${width < NARROW ? short : label} ${formatSignificant(value)}`,
    title: `${label}: ${formatExact(value)} nats`,
    value,
  }));
  const margins = depthMargins(width, text, [
    ...traces.map(({ label }) => label),
    ...named.map((level) => level.text),
  ]);
  const last = Math.max(0, ...traces.map(({ points }) => points.at(-1)?.step ?? 0));
  const across = useWholeScale(stepDomain(last)[1], width, margins.left, margins.right);
  const columns = Math.round(across.right - across.left);

  const curves = useMemo(
    () => traces.map((trace): Curve => ({ ...trace, ...lossCurve(trace.points, columns) })),
    [traces, columns],
  );
  const data = useMemo(
    () =>
      reach(kind, [
        ...levels.map(({ value }) => value),
        ...curves.flatMap(({ raw }) => raw.map(({ loss }) => loss)),
      ]),
    [kind, levels, curves],
  );
  const dense = useCallback(
    (context: CanvasRenderingContext2D, { across, y }: Ground) =>
      drawLoss(context, curves, across.x, y),
    [curves],
  );
  const lost = curves.filter((curve) => curve.lost);

  return (
    <WholePlot
      {...frame}
      {...{ name: 'step', last, across, dense }}
      axis={{ ...axis, data, subject: [kind, ...levels.map(({ value }) => value)].join() }}
      readingsAt={(step) =>
        curves.flatMap(({ id, label, colour, points, raw }) => {
          const point = nearest(points, step);
          if (point?.step !== step) return [];
          const curve = raw.map(({ step, loss }) => ({ x: step, y: loss }));
          return [{ id, label, colour, value: point.loss, points: curve }];
        })
      }
      behind={<Levels values={levels.map(({ value }) => value)} />}
    >
      {curves.map((curve) => (
        <CurveEnd key={curve.id} {...{ curve, last }} strip={lost.indexOf(curve)} />
      ))}
      <EndLabels
        labels={[
          ...curves.map((curve): EndLabel => {
            const { id, label, colour, mark, end: tip } = curve;
            const strip = curve.lost ? { strip: lost.indexOf(curve) } : {};
            const end = curve.lost ? { x: last, y: NaN } : tip && { x: tip.step, y: tip.loss };
            return { id, text: label, colour, mark, end, ...strip };
          }),
          ...named.map(({ value, ...level }) => ({
            ...level,
            colour: 'var(--ink-soft)',
            end: { x: across.end, y: value },
          })),
        ]}
      />
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
  const { across, rows, clip, y } = useGround();
  const { x, left, right } = across;
  const { end: tip, lost } = curve;
  const tipY = tip && y(tip.loss);
  const text =
    lost && `${Number.isNaN(lost.loss) ? 'NaN' : '∞'} from step ${formatCount(lost.step)}`;
  const at = lost && { first: x(lost.step), end: x(last), column: 8, whole: false };
  return (
    <g className="loss-curve" style={{ color: curve.colour }} clipPath={clip}>
      {tip && tipY !== null && (
        <path className="end" d={markPath(curve.mark, x(tip.step), tipY, 3.6)} />
      )}
      {at && text && (
        <NotFinite
          {...hatching({ ...at, text }, [left, right], rows, strip)}
          text={text}
          title={`${curve.label}: ${text}`}
        />
      )}
    </g>
  );
}
