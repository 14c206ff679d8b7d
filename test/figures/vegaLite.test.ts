import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { expect, test } from 'vitest';
import type { Figure } from '../../src/figures/figure';
import { vegaLiteText } from '../../src/figures/vegaLite';
import { depthFigure, mapFigure, stepFigure, VALUES } from './figures';

interface Row {
  name: string;
  x: number;
  value: number;
  run: number;
}

const specOf = (figure: Figure) =>
  JSON.parse(vegaLiteText(figure)) as TopLevelSpec & { data: { values: Row[] } };

/** Compiled and drawn by the library itself: the SVG, and what was warned of. */
async function drawn(figure: Figure) {
  const warnings: string[] = [];
  const note = (...said: unknown[]) => void warnings.push(said.join(' '));
  const logger = { warn: note, error: note, info: () => logger, debug: () => logger } as never;
  const spec = compile(specOf(figure), { logger }).spec;
  const svg = await new View(parse(spec), { renderer: 'none', logger }).toSVG();
  return { svg, warnings };
}

const paths = (svg: string, mark: string) =>
  [...svg.matchAll(new RegExp(`aria-roledescription="${mark}"[^>]* d="([^"]+)"`, 'g'))].map(
    ([, d]) => d!,
  );

test('values against depth: the numbers are in it, a line breaks where one has no place', async () => {
  const figure = depthFigure();
  const rows = specOf(figure).data.values.filter(({ name }) => name === 'pre-LN');
  expect(rows.map(({ value }) => value)).toEqual(VALUES.filter(Number.isFinite));
  expect(rows.map(({ x }) => x)).toEqual([-1, 0, 1, 2, 4]);
  expect(new Set(rows.map(({ run }) => run)).size).toBe(2);
  const { svg, warnings } = await drawn(figure);
  expect(warnings).toEqual([]);
  // Two runs each of two lanes, and the mean over seeds.
  expect(paths(svg, 'line mark')).toHaveLength(5);
  for (const colour of ['#0072b2', '#c44e00']) expect(svg).toContain(colour);
  expect(svg).toContain('stroke-dasharray="6,4"');
  expect(svg).toContain('>embed<');
  expect(svg).toContain('>rms at resid_post<');
  expect(svg).toContain('activation magnitude');
});

test('lanes alone have one legend of lines and marks', async () => {
  const figure = depthFigure();
  const { svg, warnings } = await drawn({ ...figure, series: figure.series.slice(0, 2) });
  expect(warnings).toEqual([]);
  expect(svg.match(/>pre-LN</g)).toHaveLength(1);
});

test('values against steps: a thin line of each, a thick one of the mean, and levels', async () => {
  const { svg, warnings } = await drawn(stepFigure());
  expect(warnings).toEqual([]);
  const lines = paths(svg, 'line mark');
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line.split('L')).toHaveLength(200);
  expect(svg).toContain('>ln V<');
  expect(svg).toContain('>loss, nats<');
});

test('a map: a cell for each finite value, as long as its step', async () => {
  const { svg, warnings } = await drawn(mapFigure());
  expect(warnings).toEqual([]);
  expect(svg.match(/aria-roledescription="rect mark"/g)).toHaveLength(3);
  expect(svg.match(/>rms at resid_post</g)).toHaveLength(1);
});
