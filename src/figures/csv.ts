import { decimal, downOf, heading, placeName, valueTitle, type Figure } from './figure';

/** A cell, in quotes where it holds what would end it. */
const cell = (text: string): string =>
  /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** The meaning of the places along an axis. */
const ABOUT: Record<string, string> = {
  layer: 'from 0; embed is the stream before the first',
  depth:
    'fraction of the lane’s depth, (l + ½) / L of layer l of L; embed is the stream before the first',
  step: 'of training, from 0',
  position: 'of a token in its sequence, from 0',
  key: 'position that is read, from 0',
  query: 'position that reads, from 0',
  sequence: 'of the batch, from 0',
  rank: 'from 1, the largest first',
  'stream at l': 'before block l, from 0; the last one after all blocks',
};

/** One line of a comment, whatever it holds. */
const comment = (text: string): string => `# ${text.replace(/\s+/g, ' ')}`;

/** A row for each value of each series; what the figure is stands before it, in lines that begin with #. */
export function csvOf(figure: Figure): string {
  const { unit, sentence, at, link, across, isMap, series, levels } = figure;
  const comments = [
    heading(figure),
    ...(at ? [at] : []),
    sentence,
    link,
    `value: ${valueTitle(figure)}${unit ? '' : ' (a pure number, or in the units of the signal)'}`,
    ...(isMap ? [across, downOf(figure)] : [across]).flatMap((place) =>
      // Rows that are steps need no explanation beside those of a plot against steps.
      ABOUT[place] && !(isMap && place === 'step') ? [`${place}: ${ABOUT[place]}`] : [],
    ),
    ...(isMap ? ['inf: not finite'] : []),
    ...levels.map(({ label, value }) => `level: ${label} ${decimal(value)}`),
  ];
  const places = isMap ? [across, downOf(figure)] : [across];
  const rows = series.flatMap(({ lane, name, points }) =>
    points.map(({ x, step, value, low, high }) =>
      [
        cell(lane),
        cell(name),
        placeName(figure, x),
        ...(isMap ? [String(step)] : []),
        decimal(value),
        low === undefined ? '' : decimal(low),
        high === undefined ? '' : decimal(high),
      ].join(','),
    ),
  );
  const head = ['lane', 'series', ...places, 'value', 'low', 'high'].join(',');
  return [...comments.map(comment), head, ...rows, ''].join('\n');
}
