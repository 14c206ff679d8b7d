import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueScale, type Axis } from '../../src/plot/axis';
import { breaksOf } from '../../src/plot/breaks';
import { namesOf } from '../../src/plot/EndLabels';
import { depthMargins, depthScale, depthTicks, EMBED, labelledLayers } from '../../src/plot/depth';
import { alike, cutSpan } from '../../src/plot/span';
import { steppedTo } from '../../src/plot/keys';
import { ellipsized, spreadLabels, textWidth, wrapped } from '../../src/plot/labels';
import { append } from '../../src/lib/timeSeries';
import { drawingOf, windowOf } from '../../src/plot/steps';
import { seriesOf } from '../support/series';
import { markPath, MARKS } from '../../src/plot/marks';
import { axisTicks, stepTicks } from '../../src/plot/ticks';
import { traceShapes, type Trace } from '../../src/plot/trace';

describe('depthScale', () => {
  const depths = fc.integer({ min: 1, max: 64 });
  const widths = fc.integer({ min: 320, max: 3840 });

  it('gives every position a column of the same width, within the margins', () => {
    fc.assert(
      fc.property(depths, widths, (n_layers, width) => {
        const { x, left, right, column } = depthScale(n_layers, width);
        expect(x(EMBED) - column / 2).toBeCloseTo(left);
        expect(x(n_layers) + column / 2).toBeCloseTo(right);
        expect(x(1) - x(0)).toBeCloseTo(column);
        expect(left).toBeGreaterThan(0);
        expect(right).toBeLessThan(width);
      }),
    );
  });

  it('finds the layer under a point, and none over the embedding, the logits and the margins', () => {
    fc.assert(
      fc.property(depths, widths, (n_layers, width) => {
        const { x, layerAt, left, right } = depthScale(n_layers, width);
        for (let layer = 0; layer < n_layers; layer++) expect(layerAt(x(layer))).toBe(layer);
        for (const nowhere of [left - 1, x(EMBED), x(n_layers), right + 1]) {
          expect(layerAt(nowhere)).toBeNull();
        }
      }),
    );
  });

  it('numbers as many layers as fit, the first and the last always', () => {
    fc.assert(
      fc.property(depths, widths, (n_layers, width) => {
        const depth = depthScale(n_layers, width);
        const layers = labelledLayers(depth);
        expect(layers[0]).toBe(0);
        expect(layers.at(-1)).toBe(n_layers - 1);
        expect([...new Set(layers)].sort((a, b) => a - b)).toEqual(layers);
      }),
    );
    expect(labelledLayers(depthScale(12, 1000))).toEqual([...Array(12).keys()]);
    expect(labelledLayers(depthScale(48, 700))).toEqual([
      0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 47,
    ]);
  });
});

describe('depthMargins', () => {
  const gutter = (width: number, ...names: string[]) => depthMargins(width, 12, names).right;

  it('are the same for all ordinary names', () => {
    expect(gutter(1000, 'pre-LN', 'post-LN')).toBe(gutter(1000));
  });
  it('grow to what the longest name needs', () => {
    const long = 'post-LN · RMSNorm · 48 layers';
    expect(gutter(1000, 'pre-LN', long)).toBeGreaterThan(gutter(1000));
    expect(gutter(1000, long) - 19).toBeGreaterThan(textWidth(long, 12));
  });
  it('have room for two lines where one would take too much, and leave most of the width to the plot', () => {
    const long = 'post-LN · RMSNorm · 48 layers';
    const right = gutter(600, long);
    expect(right).toBeLessThanOrEqual(600 * 0.28);
    expect(wrapped(long, right - 19, 12).join(' ')).not.toContain('…');
    expect(gutter(360, long)).toBeLessThanOrEqual(360 * 0.28);
  });
});

describe('spreadLabels', () => {
  it('leaves labels that do not collide where they want to be', () => {
    expect(spreadLabels([10, 60, 40], 16, [0, 100])).toEqual([10, 60, 40]);
  });
  it('gives each what it takes where they are of different heights', () => {
    expect(spreadLabels([50, 50], [16, 32], [0, 100])).toEqual([38, 62]);
    expect(spreadLabels([90, 90, 90], [10, 30, 10], [0, 100])).toEqual([60, 80, 100]);
  });
  it('moves colliding ones apart about their middle, in order', () => {
    expect(spreadLabels([50, 50], 16, [0, 100])).toEqual([42, 58]);
    expect(spreadLabels([51, 50, 10], 16, [0, 100])).toEqual([58.5, 42.5, 10]);
  });
  it('stays within the plot', () => {
    expect(spreadLabels([98, 99], 16, [0, 100])).toEqual([84, 100]);
    expect(spreadLabels([-5, 2], 16, [0, 100])).toEqual([0, 16]);
  });
  it('never lets two overlap, whatever they want', () => {
    const wanted = fc.array(fc.double({ min: -50, max: 250, noNaN: true }), { maxLength: 8 });
    fc.assert(
      fc.property(wanted, (heights) => {
        const placed = spreadLabels(heights, 16, [0, 200]).sort((a, b) => a - b);
        placed.forEach((y, i) => {
          expect(y).toBeGreaterThanOrEqual(0);
          expect(y).toBeLessThanOrEqual(200);
          if (i) expect(y - placed[i - 1]!).toBeGreaterThan(16 - 1e-6);
        });
      }),
    );
  });
});

it('ellipsized keeps a text within its width', () => {
  expect(ellipsized('post-LN', 100, 12)).toBe('post-LN');
  const cut = ellipsized('RMSNorm · Norm ε 1e-8 · Layers 24', 90, 12);
  expect(cut).toMatch(/^RMSNorm.*…$/);
  expect(textWidth(cut, 12)).toBeLessThanOrEqual(90);
});

describe('ticks', () => {
  const labels = (ticks: { label?: string }[]) => ticks.flatMap(({ label }) => label ?? []);

  it('labels every decade where there is room, and 2, 3 and 5 where there is more', () => {
    expect(labels(axisTicks({ kind: 'log', domain: [0, 1] }, 150))).toEqual([
      '10⁰',
      '2',
      '3',
      '5',
      '10¹',
    ]);
    expect(labels(axisTicks({ kind: 'log', domain: [-4, 3] }, 150))).toEqual(
      [-4, -3, -2, -1, 0, 1, 2, 3].map(
        (n) => axisTicks({ kind: 'log', domain: [n, n + 1] }, 20)[0]!.label,
      ),
    );
  });
  it('skips labels evenly over many decades', () => {
    const shown = labels(axisTicks({ kind: 'log', domain: [-30, 10] }, 150));
    expect(shown).toEqual([
      '10⁻³⁰',
      '10⁻²⁵',
      '10⁻²⁰',
      '10⁻¹⁵',
      '10⁻¹⁰',
      '10⁻⁵',
      '10⁰',
      '10⁵',
      '10¹⁰',
    ]);
  });
  it('shows round values when zoomed within a decade', () => {
    expect(labels(axisTicks({ kind: 'log', domain: [0.3, 0.6] }, 150))).toEqual([
      '2.0',
      '2.5',
      '3.0',
      '3.5',
    ]);
  });
  it('labels the ends of a low plot, too', () => {
    const axis: Axis = { kind: 'log', domain: [0, Math.log10(4)] };
    expect(labels(axisTicks(axis, 86))).toEqual(['1', '2', '3', '4']);
  });
  it('has more of them where an enlarged plot has room', () => {
    const count = (axis: Axis, height: number) => labels(axisTicks(axis, height)).length;
    for (const kind of ['log', 'linear'] as const) {
      const axis: Axis = { kind, domain: [0, 1] };
      expect(count(axis, 700)).toBeGreaterThan(count(axis, 150));
      expect(count(axis, 150)).toBeGreaterThanOrEqual(count(axis, 24));
    }
  });
  it('labels two at the least, however an axis is zoomed', () => {
    const middle = fc.double({ min: -9, max: 9, noNaN: true });
    const size = fc.double({ min: -1.9, max: 1.4, noNaN: true });
    const height = fc.integer({ min: 24, max: 800 });
    const kind = fc.constantFrom('log' as const, 'linear' as const);
    fc.assert(
      fc.property(middle, size, height, kind, (middle, size, height, kind) => {
        const half = 10 ** size / 2;
        const axis: Axis = { kind, domain: [middle - half, middle + half] };
        expect(labels(axisTicks(axis, height)).length).toBeGreaterThanOrEqual(2);
      }),
      { numRuns: 1000 },
    );
  });
  it('counts steps in whole numbers', () => {
    expect(labels(stepTicks(3, 800))).toEqual(['0', '1', '2', '3']);
    expect(labels(stepTicks(10_000, 400))).toEqual(['0', '2000', '4000', '6000', '8000', '10,000']);
  });
});

describe('traces', () => {
  const y = valueScale({ kind: 'log', domain: [0, 1] }, { top: 0, bottom: 100, overscan: 10 });
  const x = (position: number) => position * 10;
  const trace = (values: number[]): Trace => ({
    id: 'a',
    label: 'A',
    colour: 'red',
    mark: 'circle',
    points: values.map((value, layer) => ({ x: layer, y: value })),
  });

  it('joins neighbours and breaks where a value has no place', () => {
    expect(traceShapes(trace([1, 10, 1]), x, y, 0).line).toBe('M0,100L10,0L20,100');
    expect(traceShapes(trace([1, 1, NaN, 1, 1]), x, y, 0).line).toBe('M0,100L10,100M30,100L40,100');
    const gap = { ...trace([]), points: [0, 1, 3, 4].map((x) => ({ x, y: 1 })) };
    expect(traceShapes(gap, x, y, 0).line).toBe('M0,100L10,100M30,100L40,100');
  });
  it('knows a zero on a logarithmic axis from what is not finite', () => {
    expect(traceShapes(trace([1, 0, NaN]), x, y, 0).zeros).toEqual([10]);
  });
  it('is named at its last finite value, or in its strip where it is broken at the end', () => {
    const ends = (values: number[], broken: number[][] = []) => {
      const named = trace(values);
      const others = broken.map(trace);
      const [name] = namesOf([named], values.every(Number.isFinite) ? others : [...others, named]);
      return [name!.end, name!.strip];
    };
    expect(ends([1, 10])).toEqual([{ x: 1, y: 10 }, undefined]);
    expect(ends([1, NaN, 0])).toEqual([{ x: 2, y: 0 }, undefined]);
    expect(ends([1, 10, NaN])).toEqual([{ x: 2, y: NaN }, 0]);
    expect(ends([1, 10, NaN], [[NaN]])).toEqual([{ x: 2, y: NaN }, 1]);
    expect(namesOf([trace([NaN])], [])[0]!.end).toBeNull();
  });
  it.each([
    [[1, 1, NaN, NaN], ['NaN from layer 2']],
    [[1, Infinity, NaN, NaN], ['∞ from layer 1']],
    [[NaN, NaN, 1, 1], ['NaN up to layer 1']],
    [[NaN, NaN], ['NaN at every layer']],
    [[1, NaN, 1], ['NaN at layer 1']],
    [
      [1, NaN, -Infinity, 1, NaN],
      ['NaN from layer 1 to 2', 'NaN at layer 4'],
    ],
    [[1, 0, 2], []],
  ])('says of %j: %j', (values, texts) => {
    expect(breaksOf(trace(values).points).map(({ text }) => text)).toEqual(texts);
  });
  it('draws a closed outline for every mark', () => {
    for (const mark of MARKS) expect(markPath(mark, 10, 20, 4)).toMatch(/^M[^NM]+Z$/);
  });
});

describe('the loss', () => {
  it('is drawn anew when that shows, live once its pixels have another step', () => {
    const names = (isLive: boolean, width: number) => {
      const [series, drawings] = [seriesOf([]), new Set<string>()];
      let grown = series;
      for (let step = 0; step < 4000; step++) {
        grown = append(grown, { step, value: step === 3002 ? NaN : 3 });
        if (step >= 3000) drawings.add(drawingOf(grown, width, isLive));
      }
      return drawings.size;
    };
    expect(names(false, 1200)).toBe(1000);
    expect(names(true, 1e6)).toBe(1000);
    // 600 buckets of 8 steps, and the step at which it broke off.
    expect(names(true, 1200)).toBe(127);
  });

  it.each([
    [0, 1],
    [15, 1],
    [16, 2],
    [40, 5],
    [80, 10],
    [999, 10],
    [1000, 20],
    [2500, 50],
    [5000, 100],
    [100_000, 2000],
  ])('of %i steps is a mean of %i', (steps, window) => expect(windowOf(steps)).toBe(window));
});

it('keys step, enter from either end, and clear', () => {
  expect(steppedTo('ArrowRight', 3, 11)).toBe(4);
  expect(steppedTo('ArrowRight', 11, 11)).toBe(11);
  expect(steppedTo('ArrowRight', null, 11)).toBe(0);
  expect(steppedTo('ArrowLeft', null, 11)).toBe(11);
  expect(steppedTo('End', 2, 11)).toBe(11);
  expect(steppedTo('Escape', 2, 11)).toBeNull();
  expect(steppedTo('a', 2, 11)).toBeUndefined();
});

describe('wrapped', () => {
  it('leaves what fits in one line', () => {
    expect(wrapped('post-LN · RMSNorm', 200, 12)).toEqual(['post-LN · RMSNorm']);
  });
  it('breaks between words, and leaves no sign at the beginning of a line', () => {
    expect(wrapped('post-LN · RMSNorm', 60, 12)).toEqual(['post-LN ·', 'RMSNorm']);
    expect(wrapped('sandwich · RMSNorm', 57, 12)).toEqual(['sandwich', 'RMSNorm']);
  });
  it('cuts what two lines do not hold, a single word too', () => {
    expect(wrapped('sandwich · RMSNorm · 48 layers', 57, 12)).toEqual(['sandwich', 'RMSNor…']);
    expect(wrapped('extraordinarily', 40, 12)).toEqual(['extra…']);
  });
  it('is never wider than it may be', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 20, max: 200 }), (text, width) => {
        for (const line of wrapped(text, width, 12)) {
          expect(textWidth(line, 12)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});

describe('models of several depths by fraction', () => {
  const margins = { left: 40, right: 100 };
  it('fill the same width, layer l of L at (l + ½) / L of it; both ends stay', () => {
    const depth = depthScale(24, 1000, margins, true);
    const ends = [depth.x(0) - depth.column / 2, depth.x(23) + depth.column / 2] as const;
    for (const n_layers of [1, 2, 6, 7, 24]) {
      const own = depth.of(n_layers);
      expect(own.x(EMBED)).toBe(depth.x(EMBED));
      expect(own.x(n_layers)).toBe(depth.x(24));
      for (let layer = 0; layer < n_layers; layer++) {
        const fraction = (own.x(layer) - ends[0]) / (ends[1] - ends[0]);
        expect(fraction).toBeCloseTo((layer + 0.5) / n_layers, 10);
        expect(own.layerAt(own.x(layer))).toBe(layer);
      }
    }
    // By number all of them share one scale.
    const byNumber = depthScale(24, 1000, margins);
    expect(byNumber.of(6)).toBe(byNumber);
  });
  it('mark the nearest layer of each other', () => {
    const depth = depthScale(24, 1000, margins, true);
    for (const n_layers of [1, 2, 6, 7, 23, 24]) {
      const own = depth.of(n_layers);
      const distance = (layer: number, x: number) => Math.abs(own.x(layer) - x);
      for (let mark = 0; mark < 24; mark++) {
        const layer = alike(mark, n_layers, 24);
        expect(own.nearestLayer(depth.x(mark))).toBe(layer);
        for (let other = 0; other < n_layers; other++) {
          expect(distance(layer, depth.x(mark))).toBeLessThanOrEqual(
            distance(other, depth.x(mark)) + 1e-9,
          );
        }
      }
      // From a layer to its mark and back is the same layer.
      for (let layer = 0; layer < n_layers; layer++) {
        expect(alike(alike(layer, 24, n_layers), n_layers, 24)).toBe(layer);
      }
    }
    expect(cutSpan({ from: 20, to: 23 }, 6, 24)).toEqual({ from: 5, to: 5 });
    expect(cutSpan(null, 6, 24)).toBeNull();
  });
  it('are named by percent of the depth', () => {
    const names = (width: number) =>
      depthTicks(depthScale(24, width, margins, true)).map(({ label }) => label);
    expect(names(1000)).toEqual(['', '25', '50', '75', '100']);
    expect(names(260)).toEqual(['', '50', '100']);
    expect(depthTicks(depthScale(3, 1000, margins)).map(({ label }) => label)).toEqual([
      '0',
      '1',
      '2',
    ]);
  });
});
