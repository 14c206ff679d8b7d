import type { TimeSeries } from '../lib/timeSeries';
import type { Drawn, Grid } from '../plot/drawn';
import type { StepBand, StepTrace } from '../plot/stepTrace';
import type { Point, Trace } from '../plot/trace';
import type { FigurePoint, FigureSeries } from './figure';

/** The words of a label besides the lane’s name. */
const besides = (label: string, lane: string): string =>
  label.startsWith(lane)
    ? label
        .slice(lane.length)
        .replace(/^[ ,]+/, '')
        // Where there is room for the layer’s number alone.
        .replace(/^\d+(?=,|$)/, 'layer $&')
    : label;

const naming = ({ label, lane = label }: { label: string; lane?: string }) => ({
  lane,
  name: besides(label, lane),
});

const valued = (points: readonly Point[]): FigurePoint[] =>
  points.map(({ x, y }) => ({ x, value: y }));

/** A strand is fainter than the curve that is the mean of all. */
const STRAND = 0.4;

function ofTrace(trace: Trace): FigureSeries[] {
  const { colour, mark, line, points, band = [], strands = [], isBare } = trace;
  const alpha = trace.isGhost || trace.isFaint ? 0.5 : 1;
  const ends = new Map(band.map((span) => [span.x, span]));
  const { lane, name } = naming(trace);
  const look = { lane, colour, ...(line && { line }) };
  return [
    {
      ...{ ...look, name, mark: isBare ? null : mark, alpha },
      isListed: !trace.isUnnamed || line !== undefined || name === '',
      points: points.map(({ x, y }) => {
        const span = ends.get(x);
        return { x, value: y, ...(span && { low: span.low, high: span.high }) };
      }),
    },
    ...strands.map((strand, i) => ({
      ...{ ...look, name: `head ${i}`, mark: null, alpha: STRAND },
      isListed: false,
      points: valued(strand),
    })),
  ];
}

const recorded = ({ records, length }: TimeSeries) => records.slice(0, length);

const ofSteps = (trace: StepTrace): FigureSeries => ({
  ...{ ...naming(trace), colour: trace.colour, mark: trace.mark, alpha: trace.alpha ?? 1 },
  isListed: !trace.isUnnamed,
  points: recorded(trace.series).map(({ step, value }) => ({ x: step, value })),
});

const ofBand = (band: StepBand): FigureSeries => {
  const [lows, highs] = [recorded(band.low), recorded(band.high)];
  return {
    ...{ ...naming(band), colour: band.colour, mark: null, alpha: band.alpha ?? 1, line: 'dashed' },
    isListed: true,
    points: recorded(band.mean).map(({ step, value }, i) => ({
      ...{ x: step, value, low: lows[i]!.value, high: highs[i]!.value },
    })),
  };
};

/** Every record of a strip, whether a row of pixels shows it or not. */
const ofStrip = ({
  label,
  colour,
  mark,
  columns,
  steps,
  values,
  first = -1,
  places,
}: Grid): FigureSeries => ({
  ...{ lane: label, name: '', colour, mark, alpha: 1 },
  isListed: true,
  // NaN stands for a layer that the lane has not.
  points: steps
    .flatMap((step, row) =>
      Array.from({ length: columns }, (_, column) => ({
        ...{ x: places?.[column] ?? first + column, step, value: values[row * columns + column]! },
      })),
    )
    .filter(({ value }) => !Number.isNaN(value)),
});

/** Digits of a fraction of the depth. */
const FRACTION = 6;

/** The same at fractions of the depth, in which the embedding stands as far before the first layer as on the page. */
const byDepth = (series: FigureSeries, n_layers: number, axis: number): FigureSeries => ({
  ...series,
  points: series.points.map((point) => ({
    ...point,
    x: Number((point.x < 0 ? -0.5 / axis : (point.x + 0.5) / n_layers).toFixed(FRACTION)),
    width: 1 / (point.x < 0 ? axis : n_layers),
  })),
});

/** Everything that a plot shows, as numbers. */
export function seriesOf({ across, traces = [], steps = [], bands = [], strips = [] }: Drawn) {
  const layersOf = [
    ...traces.map(({ n_layers = 1 }) => n_layers),
    ...strips.map(({ columns }) => columns - 1),
  ];
  const axis = Math.max(1, ...layersOf);
  const placed = (series: FigureSeries[], n_layers: number): FigureSeries[] =>
    across === 'depth' ? series.map((one) => byDepth(one, n_layers, axis)) : series;
  return [
    ...traces.flatMap((trace) => placed(ofTrace(trace), trace.n_layers ?? axis)),
    ...steps.map(ofSteps),
    ...bands.map(ofBand),
    ...strips.flatMap((strip) => placed([ofStrip(strip)], strip.columns - 1)),
  ];
}
