import { toUnits, type Axis } from '../plot/axis';
import {
  downOf,
  fullName,
  heading,
  isDepth,
  valueTitle,
  type Figure,
  type FigureSeries,
} from './figure';

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v5.json';
type Json = Record<string, unknown>;

/** A place in the units of an axis as a value. */
const valueAt = (kind: Axis['kind'], units: number): number =>
  kind === 'log' ? 10 ** units : kind === 'count' ? (units < 0 ? units + 1 : 10 ** units) : units;

const SCALES: Record<Axis['kind'], Json> = {
  log: { type: 'log' },
  linear: { type: 'linear', zero: false },
  count: { type: 'symlog' },
};

const scaleOf = ({ kind, domain }: Axis): Json => ({
  ...SCALES[kind],
  domain: domain.map((units) => valueAt(kind, units)),
  nice: false,
});

const DASHES = { solid: [1, 0], dashed: [6, 4], dotted: [1, 4] };
/** Marks as Vega names them. */
const SHAPES = { circle: 'circle', square: 'square', triangle: 'triangle-up', diamond: 'diamond' };

/** The first of each name. */
const distinct = <T>(items: readonly T[], nameOf: (item: T) => string): T[] =>
  [...new Map(items.toReversed().map((item) => [nameOf(item), item])).values()].toReversed();

/** The values that have a place on the axis. A line breaks where `run` is another. */
function rowsOf({ series, axis }: Figure): Json[] {
  return series.flatMap((one) => {
    let run = 0;
    return one.points.flatMap(({ x, value, low, high }) => {
      if (toUnits(axis.kind, value) === null) {
        run++;
        return [];
      }
      const { lane, name, alpha } = one;
      const hasEnds = [low, high].every((end) => toUnits(axis.kind, end ?? NaN) !== null);
      const ends = hasEnds ? { low, high } : {};
      return [{ name: fullName(one), lane, series: name, run, alpha, x, value, ...ends }];
    });
  });
}

/** Steps and layers of what has a colour; each step lasts until the next. */
function cellsOf({ series, axis }: Figure): Json[] {
  return series.flatMap(({ lane, points }) => {
    const steps = [...new Set(points.map(({ step }) => step!))];
    const until = new Map(steps.map((step, i) => [step, steps[i + 1] ?? step + 1]));
    return points
      .filter(({ value }) => toUnits(axis.kind, value) !== null)
      .map(({ x, step, value, width = 1 }) => ({
        ...{ lane, x: x - width / 2, until_x: x + width / 2, step, until: until.get(step!), value },
      }));
  });
}

const EMBED = "datum.value == -1 ? 'embed' : format(datum.value, 'd')";
/** The most layers that are numbered one by one. */
const NUMBERED = 20;

const FRACTION = "datum.value < 0 ? 'embed' : format(datum.value, '.0%')";

/** The ends of the depth and its quarters, and the embedding before it. */
function depthTicks({ series }: Figure): number[] {
  const first = Math.min(...series.flatMap(({ points }) => points.map(({ x }) => x)));
  return [...(first < 0 ? [first] : []), 0, 0.25, 0.5, 0.75, 1];
}

/** Ticks at layers, not between them. */
function layerTicks({ series }: Figure): number[] {
  const places = series.flatMap(({ points }) => points.map(({ x }) => x));
  const all = [...new Set(places)].sort((a, b) => a - b);
  const stride = Math.ceil(all.length / NUMBERED);
  return all.filter((x) => x < 0 || x % stride === 0);
}

function acrossOf(figure: Figure): Json {
  const { across, isLogAcross } = figure;
  return {
    field: 'x',
    type: 'quantitative',
    title: across === 'depth' ? 'fraction of depth' : across,
    scale: isLogAcross ? { type: 'log' } : { zero: !isDepth(figure), nice: false },
    axis: isDepth(figure)
      ? across === 'layer'
        ? { labelExpr: EMBED, values: layerTicks(figure), grid: true }
        : { labelExpr: FRACTION, values: depthTicks(figure), grid: true }
      : { ...(!isLogAcross && { tickMinStep: 1 }), grid: true },
  };
}

function mapOf(figure: Figure): Json {
  const isDiverging = figure.axis.domain[0] === -figure.axis.domain[1];
  const { scale, ...across } = acrossOf(figure);
  const colour = {
    ...{ field: 'value', type: 'quantitative', title: valueTitle(figure) },
    scale: {
      ...scaleOf(figure.axis),
      scheme: isDiverging ? 'redyellowblue' : 'viridis',
      reverse: isDiverging,
    },
  };
  return {
    data: { values: cellsOf(figure) },
    facet: {
      row: {
        field: 'lane',
        type: 'nominal',
        title: null,
        sort: figure.series.map(({ lane }) => lane),
      },
    },
    spec: {
      width: 480,
      height: 160,
      mark: { type: 'rect', clip: true, strokeWidth: 0.5 },
      encoding: {
        x: { ...across, scale: { ...(scale as Json), zero: false } },
        x2: { field: 'until_x' },
        y: {
          ...{ field: 'step', type: 'quantitative', title: downOf(figure) },
          scale: { reverse: true, nice: false },
        },
        y2: { field: 'until' },
        fill: colour,
        // Else the ground is seen between cells.
        stroke: colour,
      },
    },
  };
}

/** The mean of the last steps as a thick line over the values. */
function smoothing({ smoothed }: Figure): Json[] | null {
  if (!smoothed || smoothed.window < 2) return null;
  const isGeometric = smoothed.mean === 'geometric';
  const of = isGeometric ? 'log(datum.value)' : 'datum.value';
  return [
    { calculate: of, as: 'smoothed' },
    {
      window: [{ op: 'mean', field: 'smoothed', as: 'smoothed' }],
      frame: [1 - smoothed.window, 0],
      groupby: ['name'],
      sort: [{ field: 'x' }],
    },
    ...(isGeometric ? [{ calculate: 'exp(datum.smoothed)', as: 'smoothed' }] : []),
  ];
}

/** One of each name, and the names that a legend tells. */
function namesOf(series: readonly FigureSeries[]) {
  const all = distinct(series, fullName);
  return { all, listed: all.filter(({ isListed }) => isListed).map(fullName) };
}

/** Colours and dashes of all series, told by their names. */
function looksOf(series: readonly FigureSeries[], legend: Json): Json {
  const { all } = namesOf(series);
  const domain = all.map(fullName);
  return {
    color: {
      ...{ field: 'name', type: 'nominal', title: null },
      scale: { domain, range: all.map(({ colour }) => colour) },
      legend,
    },
    ...(all.some(({ line }) => line) && {
      strokeDash: {
        ...{ field: 'name', type: 'nominal', title: null },
        scale: { domain, range: all.map(({ line }) => DASHES[line ?? 'solid']) },
        legend,
      },
    }),
    ...(all.some(({ alpha }) => alpha < 1) && {
      opacity: { field: 'alpha', type: 'quantitative', scale: null, legend: null },
    }),
    detail: [{ field: 'run', type: 'nominal' }],
  };
}

function linesOf(figure: Figure): Json {
  const { series, levels, axis, across } = figure;
  const x = acrossOf(figure);
  const y = (field: string): Json => ({
    ...{ field, type: 'quantitative', title: valueTitle(figure), scale: scaleOf(axis) },
  });
  const { all, listed } = namesOf(series);
  const marked = all.filter(({ mark }) => mark);
  const hasMarks = across !== 'step' && marked.length > 0;
  const symbol = hasMarks ? {} : { symbolType: 'stroke', symbolStrokeWidth: 2 };
  const legend = { values: listed, labelLimit: 400, symbolOpacity: 1, ...symbol };
  const looks = looksOf(series, legend);
  const { color, detail } = looks;
  const smooth = smoothing(figure);
  const line = { type: 'line', clip: true, interpolate: 'linear' };
  const solid = all.filter(({ line }) => !line).map(fullName);
  return {
    width: 640,
    height: 320,
    data: { values: rowsOf(figure) },
    layer: [
      ...(series.some(({ points }) => points.some(({ low }) => low !== undefined))
        ? [
            {
              transform: [{ filter: 'isValid(datum.low)' }],
              mark: { type: 'area', clip: true, opacity: 0.12 },
              encoding: { x, y: y('low'), y2: { field: 'high' }, color, detail },
            },
          ]
        : []),
      ...(smooth
        ? [
            {
              transform: [{ filter: { field: 'name', oneOf: solid } }],
              mark: { ...line, strokeWidth: 1, opacity: 0.4 },
              encoding: { x, y: y('value'), ...looks },
            },
            { transform: smooth, mark: line, encoding: { x, y: y('smoothed'), ...looks } },
          ]
        : [{ mark: line, encoding: { x, y: y('value'), ...looks } }]),
      ...(hasMarks
        ? [
            {
              transform: [{ filter: { field: 'name', oneOf: marked.map(fullName) } }],
              mark: {
                type: 'point',
                filled: true,
                opacity: 1,
                size: 40,
                clip: true,
                tooltip: true,
              },
              encoding: {
                ...{ x, y: y('value'), color },
                shape: {
                  ...{ field: 'name', type: 'nominal', title: null },
                  scale: {
                    domain: all.map(fullName),
                    range: all.map(({ mark }) => SHAPES[mark ?? 'circle']),
                  },
                  legend,
                },
              },
            },
          ]
        : []),
      ...(levels.length
        ? [
            {
              data: { values: levels.map(({ label, value }) => ({ label, value })) },
              encoding: { y: y('value') },
              layer: [
                { mark: { type: 'rule', strokeDash: [5, 3], color: '#55585e', clip: true } },
                {
                  mark: { type: 'text', align: 'left', dx: 4, dy: -5, x: 0, clip: true },
                  encoding: { text: { field: 'label' } },
                },
              ],
            },
          ]
        : []),
    ],
  };
}

/** Breaks a text into lines of about so many characters. */
function linesIn(text: string, length: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < length)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A Vega-Lite specification, the numbers in it, that draws the same figure. */
export function vegaLiteOf(figure: Figure): Json {
  const { title, sentence, at, link, isMap } = figure;
  return {
    $schema: SCHEMA,
    description: `${heading(figure)}${at && `, ${at}`}. ${sentence} ${link}`,
    title: { text: title, subtitle: linesIn(sentence, 100), anchor: 'start' },
    ...(isMap ? mapOf(figure) : linesOf(figure)),
    config: { background: '#ffffff', axis: { gridColor: '#dededa' } },
  };
}

export const vegaLiteText = (figure: Figure): string =>
  `${JSON.stringify(vegaLiteOf(figure), null, 1)}\n`;
