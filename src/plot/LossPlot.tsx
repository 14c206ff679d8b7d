import { useId, useMemo, useState } from 'react';
import { valueScale, type Axis } from './axis';
import { AxisHandle } from './AxisHandle';
import { hatching, stripHeight } from './breaks';
import { reach, stepDomain } from './domain';
import { EndLabels } from './EndLabels';
import { formatCount, formatExact, formatSignificant } from './format';
import { StepLines, ValueLines } from './Graticule';
import { rowsOf } from './layout';
import { lossCurve, nearest, type LossPoint } from './loss';
import { LossCurve } from './LossCurve';
import type { Mark } from './marks';
import { HitArea, PlotShell } from './PlotShell';
import { exactly, Readout, spoken, type Reading } from './Readout';
import { useDomain } from './useDomain';

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

export interface LossPlotProps {
  traces: LossTrace[];
  levels: Level[];
  width: number;
  height: number;
  /** Size of the text, in pixels. */
  text?: number;
  kind: Axis['kind'];
  label: string;
  describedBy?: string;
}

const NARROW = 560;

/** Names need more room here than beside the depth plots: "unigram entropy 3.17". */
const marginsOf = (width: number) =>
  width < NARROW ? { left: 40, right: 98 } : { left: 48, right: 156 };

/** Loss against training step: each step as a thin line, the running mean as a thick one. */
export function LossPlot(props: LossPlotProps) {
  const { traces, levels, width, height, text, kind, label, describedBy } = props;
  const [cursor, setCursor] = useState<number | null>(null);
  const clip = useId();
  const rows = useMemo(() => rowsOf(height, text), [height, text]);
  const { groundTop, groundBottom, tickY } = rows;
  const { left } = marginsOf(width);
  const right = Math.max(left + 1, width - marginsOf(width).right);

  const curves = useMemo(
    () => traces.map((trace) => ({ ...trace, ...lossCurve(trace.points, right - left) })),
    [traces, right, left],
  );
  const data = useMemo(
    () =>
      reach(kind, [
        ...levels.map(({ value }) => value),
        ...curves.flatMap(({ raw }) => raw.map(({ loss }) => loss)),
      ]),
    [kind, levels, curves],
  );
  const axis = useDomain({ kind, data, subject: [kind, ...levels.map((l) => l.value)].join() });
  const [low, high] = axis.domain;
  const y = useMemo(() => valueScale({ kind, domain: [low, high] }, rows), [kind, low, high, rows]);

  const last = Math.max(0, ...traces.map(({ points }) => points.at(-1)?.step ?? 0));
  const [, steps] = stepDomain(last);
  const x = (step: number) => left + (step / steps) * (right - left);

  const marked = cursor === null ? null : Math.min(Math.max(Math.round(cursor), 0), last);
  const readings: Reading[] = traces.flatMap((trace) => {
    const point = marked === null ? null : nearest(trace.points, marked);
    return point?.step === marked && point
      ? [{ ...trace, value: point.loss, y: y(point.loss) }]
      : [];
  });
  const broken = curves.filter(({ lost }) => lost);
  const stripOf = (id: string) => broken.findIndex((curve) => curve.id === id);
  const breakOf = (i: number) => {
    const { id, lost } = curves[i]!;
    if (!lost) return null;
    const said = `${Number.isNaN(lost.loss) ? 'NaN' : '∞'} from step ${formatCount(lost.step)}`;
    const extent = { first: x(lost.step), end: x(last), column: 8, whole: false, text: said };
    return { text: said, shapes: hatching(extent, [left, right], rows, stripOf(id)) };
  };
  const name = `step ${formatCount(marked ?? 0)}`;

  return (
    <PlotShell
      {...{ width, height, describedBy, marked, last, isZoomed: axis.isZoomed }}
      label={`${label}: step`}
      spoken={marked === null ? 'no step marked' : spoken(name, readings)}
      onStep={setCursor}
      onBlur={() => setCursor(null)}
      onZoom={(factor) => axis.zoom(factor, (low + high) / 2)}
      onReset={axis.reset}
    >
      <clipPath id={clip}>
        {/* Wide enough for the mark of a run that has only begun. */}
        <rect
          x={left - 5}
          y={groundTop}
          width={right - left + 5}
          height={groundBottom - groundTop}
        />
      </clipPath>
      <StepLines {...{ steps, left, right, tickY }} top={groundTop} bottom={groundBottom} />
      <ValueLines {...{ kind, low, high, left, right }} top={rows.top} bottom={rows.bottom} />
      {levels.map(({ label: level, value }) => (
        <line key={level} className="level" x1={left} x2={right} y1={y(value)!} y2={y(value)!} />
      ))}
      <g clipPath={`url(#${clip})`}>
        {curves.map((curve, i) => (
          <LossCurve key={curve.id} {...curve} {...{ x, y }} lost={breakOf(i)} />
        ))}
      </g>
      <EndLabels
        labels={[
          ...curves.map(({ id, label: of, colour, mark, end, lost }) => ({
            ...{ id, text: of, colour, mark },
            end: lost
              ? { x: x(last), y: stripHeight(rows, stripOf(id)) }
              : end && { x: x(end.step), y: y(end.loss) ?? rows.groundBottom },
          })),
          ...levels.map(({ label: level, short, value }) => ({
            id: level,
            text: `${width < NARROW ? short : level} ${formatSignificant(value)}`,
            title: `${level}: ${formatExact(value)} nats`,
            colour: 'var(--ink-soft)',
            end: { x: right, y: y(value) ?? rows.top },
          })),
        ]}
        x={right}
        width={width - right}
        top={rows.top}
        bottom={rows.bottom}
        size={rows.text}
      />
      {marked !== null && (
        <Readout
          {...{ x: x(marked), name: formatCount(marked), readings, left, right, tickY }}
          {...{ top: groundTop, bottom: groundBottom, size: rows.text, className: 'hovered' }}
        />
      )}
      <HitArea
        x={left}
        y={0}
        width={right - left}
        height={height}
        title={marked === null ? null : exactly(name, readings)}
        onMove={(px) => setCursor(((px - left) / (right - left)) * steps)}
        onLeave={() => setCursor(null)}
      />
      <AxisHandle width={left} frame={rows} {...axis} />
    </PlotShell>
  );
}
