import {
  decimal,
  downOf,
  fullName,
  placeName,
  valueTitle,
  type Figure,
  type FigurePoint,
} from './figure';

/** The most rows that are pleasant to read. */
const MOST = 40;

/** At most so many of a list, evenly, its first and its last among them. */
function thinned<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from(
    { length: most },
    (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!,
  );
}

const escaped = (text: string): string => text.replace(/[\\|]/g, '\\$&').replace(/\s+/g, ' ');
const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;

const cellOf = (point: FigurePoint | undefined): string => {
  if (!point) return '';
  const { value, low, high } = point;
  return low === undefined || high === undefined
    ? decimal(value)
    : `${decimal(value)} (${decimal(low)} to ${decimal(high)})`;
};

/** All places along the axis that have a value. */
function placesOf({ series }: Figure): number[] {
  const places = new Set(series.flatMap(({ points }) => points.map(({ x }) => x)));
  return [...places].sort((a, b) => a - b);
}

/** A table of text: the heads of its columns, and of each row its cells, the first one its name. */
interface Table {
  heads: string[];
  rows: string[][];
  /** Number of rows that there would be. */
  of: number;
}

/** A column for each series. */
function bySeries(figure: Figure): Table {
  const columns = figure.series.map(({ points }) => new Map(points.map((p) => [p.x, p])));
  const all = placesOf(figure);
  return {
    heads: [figure.across, ...figure.series.map(fullName)],
    rows: thinned(all, MOST).map((x) => [
      placeName(figure, x),
      ...columns.map((column) => cellOf(column.get(x))),
    ]),
    of: all.length,
  };
}

/** A column for each layer, a row for each step of each lane. */
function byStep(figure: Figure): Table {
  const all = figure.series.map((series) => ({
    lane: series.lane,
    steps: [...new Set(series.points.map(({ step }) => step!))],
    cells: new Map(series.points.map((point) => [`${point.step} ${point.x}`, point])),
  }));
  const places = placesOf(figure);
  const most = Math.max(2, Math.floor(MOST / Math.max(1, all.length)));
  return {
    heads: ['lane', downOf(figure), ...places.map((x) => placeName(figure, x))],
    rows: all.flatMap(({ lane, steps, cells }) =>
      thinned(steps, most).map((step) => [
        lane,
        String(step),
        ...places.map((x) => cellOf(cells.get(`${step} ${x}`))),
      ]),
    ),
    of: all.reduce((sum, { steps }) => sum + steps.length, 0),
  };
}

/** A link in which nothing ends it. */
const inLink = (link: string): string =>
  link.replace(/[()\s]/g, (end) => `%${end.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** Title, sentence and a table in Markdown. Of a long one every so many rows stand in it. */
export function markdownOf(figure: Figure): string {
  const { title, sentence, link, series } = figure;
  const { heads, rows, of } = figure.isMap ? byStep(figure) : bySeries(figure);
  const isCut = rows.length < of;
  return [
    `**${escaped(title)}**: ${escaped(valueTitle(figure))}`,
    '',
    ...(sentence ? [escaped(sentence), ''] : []),
    ...(series.length
      ? [row(heads), row(heads.map((_, i) => (i ? '---:' : '---'))), ...rows.map(row), '']
      : []),
    ...(isCut ? [`${rows.length} of ${of} rows; the CSV file has all.`, ''] : []),
    `[Normscope](${inLink(link)})`,
    '',
  ].join('\n');
}
