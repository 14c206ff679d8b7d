import { useCallback, useMemo } from 'react';
import { hatching, stripHeight } from './breaks';
import { reach, stepDomain } from './domain';
import type { EndLabel } from './EndLabels';
import { formatCount, formatExact, formatSignificant } from './format';
import { lossCurve, nearest, type LossPoint } from './loss';
import { drawLoss } from './lossMarks';
import { markPath, type Mark } from './marks';
import { NotFinite } from './NotFinite';
import { WholePlot, type Ground, type WholePlotProps } from './WholePlot';

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

export interface LossPlotProps extends WholePlotProps {
  traces: LossTrace[];
  levels: Level[];
}

const NARROW = 560;

/** Names need more room here than beside the depth plots: "unigram entropy 3.17". */
const WIDE_MARGINS = { left: 48, right: 156 };
const NARROW_MARGINS = { left: 44, right: 98 };

/** Loss against training step: each step as a thin line, the running mean as a thick one. */
export function LossPlot({ traces, levels, ...props }: LossPlotProps) {
  const { width, kind } = props;
  const isNarrow = width < NARROW;
  const margins = isNarrow ? NARROW_MARGINS : WIDE_MARGINS;
  const columns = Math.max(1, width - margins.left - margins.right);

  const curves = useMemo(
    () => traces.map((trace) => ({ ...trace, ...lossCurve(trace.points, columns) })),
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
    (context: CanvasRenderingContext2D, { x, y }: Ground) => drawLoss(context, curves, x, y),
    [curves],
  );
  const last = Math.max(0, ...traces.map(({ points }) => points.at(-1)?.step ?? 0));
  const [, end] = stepDomain(last);

  const broken = curves.filter(({ lost }) => lost);
  const stripOf = (id: string) => broken.findIndex((curve) => curve.id === id);

  return (
    <WholePlot
      {...props}
      {...{ name: 'step', last, end, margins, data, dense }}
      apart={30}
      subject={[kind, ...levels.map(({ value }) => value)].join()}
      readingsAt={(step) =>
        traces.flatMap((trace) => {
          const point = nearest(trace.points, step);
          return point?.step === step ? [{ ...trace, value: point.loss }] : [];
        })
      }
      behind={({ left, right, y }) =>
        levels.map(({ label, value }) => (
          <line key={label} className="level" x1={left} x2={right} y1={y(value)!} y2={y(value)!} />
        ))
      }
      traces={({ x, y, left, right, rows }) =>
        curves.map(({ id, label, colour, mark, end: tip, lost }) => {
          const tipY = tip && y(tip.loss);
          const said = lost && lostText(lost);
          const at = lost && { first: x(lost.step), end: x(last), column: 8, whole: false };
          return (
            <g key={id} className="loss-curve" style={{ color: colour }}>
              {tip && tipY !== null && (
                <path className="end" d={markPath(mark, x(tip.step), tipY, 3.6)} />
              )}
              {at && said && (
                <NotFinite
                  {...hatching({ ...at, text: said }, [left, right], rows, stripOf(id))}
                  text={said}
                  title={`${label}: ${said}`}
                />
              )}
            </g>
          );
        })
      }
      ends={({ x, y, right, rows }): EndLabel[] => [
        ...curves.map(({ id, label, colour, mark, end: tip, lost }) => ({
          ...{ id, text: label, colour, mark },
          end: lost
            ? { x: x(last), y: stripHeight(rows, stripOf(id)) }
            : tip && { x: x(tip.step), y: y(tip.loss) ?? rows.groundBottom },
        })),
        ...levels.map(({ label, short, value }) => ({
          id: label,
          text: `${isNarrow ? short : label} ${formatSignificant(value)}`,
          title: `${label}: ${formatExact(value)} nats`,
          colour: 'var(--ink-soft)',
          end: { x: right, y: y(value) ?? rows.top },
        })),
      ]}
    />
  );
}

const lostText = ({ step, loss }: LossPoint): string =>
  `${Number.isNaN(loss) ? 'NaN' : '∞'} from step ${formatCount(step)}`;
