import { markPath } from '../plot/marks';
import { fullName, type Figure, type FigureSeries } from './figure';
import { element, type Element } from './tree';
import { lengthOf, lineAt, type Style } from './type';

/** Pixels of a sample of a line and of a mark alone, beside its name, between two entries, and from row to row. */
const SAMPLE = 22;
const MARK = 8;
const BESIDE = 6;
const BETWEEN = 18;
const PITCH = 18;

const DASHES = { dashed: '6 4', dotted: '0.1 4.5' };

function sampleOf({ colour, mark, line }: FigureSeries, isMap: boolean, x: number, y: number) {
  const path = element('path', {
    ...{ d: `M${x},${y}h${SAMPLE}`, stroke: colour, 'stroke-width': 2, fill: 'none' },
    ...(line && { 'stroke-dasharray': DASHES[line] }),
    ...(line === 'dotted' && { 'stroke-linecap': 'round' }),
  });
  const middle = x + (isMap ? MARK : SAMPLE) / 2;
  // Marks on what is not solid are hollow, as in the plot.
  const fill = line ? '#ffffff' : colour;
  const dot = mark && element('path', { d: markPath(mark, middle, y, 3.6), fill, stroke: colour });
  return [...(isMap ? [] : [path]), ...(dot ? [dot] : [])];
}

/** The meaning of thin and thick lines. */
const notesOf = ({ smoothed }: Figure): string[] =>
  smoothed && smoothed.window > 1
    ? [`thin: each step; thick: ${smoothed.mean} mean of ${smoothed.window}`]
    : [];

/** The names of all series beside what they look like, in rows as wide as there is room. */
export function legendOf(figure: Figure, top: number, left: number, width: number, style: Style) {
  const listed = new Map(
    figure.series
      .filter(({ isListed }) => isListed)
      .map((series) => [`${fullName(series)} ${series.colour} ${series.line}`, series]),
  );
  const elements: Element[] = [];
  let [x, y] = [left, top + PITCH / 2];
  const place = (name: string, sample: number, draw: (x: number) => Element[]) => {
    const length = lengthOf(name, style);
    if (x > left && x + sample + length > left + width) [x, y] = [left, y + PITCH];
    elements.push(...draw(x));
    const baseline = y + style.size * 0.35;
    elements.push(...lineAt(name, x + sample, baseline, style));
    x += sample + length + BETWEEN;
  };
  // Lanes themselves come first.
  const ordered = [...listed.values()].sort((a, b) => Number(!!a.line) - Number(!!b.line));
  for (const series of ordered) {
    place(fullName(series), (figure.isMap ? MARK : SAMPLE) + BESIDE, (x) =>
      sampleOf(series, figure.isMap, x, y),
    );
  }
  for (const note of notesOf(figure)) place(note, 0, () => []);
  return { elements, height: elements.length ? y + PITCH / 2 - top : 0 };
}
