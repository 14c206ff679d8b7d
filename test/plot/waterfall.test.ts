import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { legendStops, pixelScale } from '../../src/plot/colours';
import { depthScale } from '../../src/plot/depth';
import { rowsOf } from '../../src/plot/layout';
import { cellOf, paintedCells, stripsIn, type Strip } from '../../src/plot/waterfall';
import { WaterfallPlot } from '../../src/plot/WaterfallPlot';

/** Two layers, steps 0 to 3; the last one is not finite in layer 1, and nothing is known of the embedding. */
const strip: Strip = {
  id: 'a',
  label: 'pre-LN',
  colour: 'var(--lane-a)',
  mark: 'circle',
  columns: 3,
  per: 1,
  records: Int32Array.from([-1, 0, 0, -1, 1, 1, -1, 2, 2, -1, 3, 3]),
  steps: [0, 1, 2, 3],
  values: Float32Array.from([NaN, 1, 10, NaN, 1, 100, NaN, 1, Infinity, NaN, 1, Infinity]),
};

describe('colours', () => {
  it('run from the least to the most, and to either side of the middle', () => {
    const log = pixelScale('sequential', { kind: 'log', domain: [0, 2] });
    // Viridis from #440154 to #fde725, red in the lowest byte; 0 is as the least.
    expect([log(1), log(100), log(0), log(1e9)].map((n) => n.toString(16))).toEqual([
      'ff540144',
      'ff25e7fd',
      'ff540144',
      'ff25e7fd',
    ]);
    const ratio = pixelScale('diverging', { kind: 'log', domain: [-1, 2] });
    const middle = pixelScale('diverging', { kind: 'linear', domain: [-1, 1] })(0);
    expect(ratio(1)).toBe(middle);
    expect(ratio(100)).not.toBe(ratio(0.01));
  });
  it('are those of the legend', () => {
    const stops = legendStops('sequential', [0, 1], 3);
    expect(stops.map(({ at, colour }) => [at, colour])).toEqual([
      [0, '#440154'],
      [0.5, '#21918c'],
      [1, '#fde725'],
    ]);
  });
});

describe('a strip', () => {
  it('has a pixel for every cell, and runs of what is not finite', () => {
    const pixels = new Uint32Array(12);
    const lost = paintedCells(strip, pixels, (value) => value);
    expect(Array.from(pixels)).toEqual([0, 1, 10, 0, 1, 100, 0, 1, 0, 0, 1, 0]);
    expect(lost).toEqual([{ column: 2, row: 2, rows: 2 }]);
  });
  it('is read where the pointer is', () => {
    const places = stripsIn(rowsOf(113, 12), 2, 3);
    const at = places.at(places.y(1, 2) + 1)!;
    expect(at).toEqual({ strip: 1, step: 2 });
    expect(places.at(places.top(1) - 1)).toBeNull();
    expect(cellOf(strip, 0, at.step)).toEqual({ strip, layer: 0, step: 2, value: 1 });
    expect(cellOf(strip, -1, 2)).toBeNull();
    expect(cellOf({ ...strip, per: 2, records: Int32Array.from([-1, 1, 1]) }, 1, 0)).toMatchObject({
      step: 1,
      value: 100,
    });
  });
});

describe('the waterfall', () => {
  const plot = (hovered: number | null, hoveredStep: number | null, moment: number | null) =>
    renderToStaticMarkup(
      createElement(WaterfallPlot, {
        depth: depthScale(2, 480),
        strips: [strip, { ...strip, id: 'b', label: 'post-LN' }],
        axis: { kind: 'log', subject: 'rms', data: [0, 2] },
        ramp: 'sequential',
        end: 10,
        width: 480,
        height: 160,
        label: 'waterfall',
        marks: { hovered, selected: null },
        ...{ hoveredStep, moment },
        onHover: () => {},
        onSelect: () => {},
        onGo: () => {},
      }),
    );
  it('has a legend in the units of its values, and a name for each strip', () => {
    const markup = plot(null, null, null);
    expect(markup).toContain('<linearGradient');
    expect(markup).toMatch(/>10<\/tspan><tspan[^>]*>2</);
    expect(markup).toContain('>post-LN<');
    expect(markup).not.toContain('step-line');
  });
  it('marks the step on show in every strip, and reads the layer there', () => {
    const markup = plot(1, null, 1);
    expect(markup.match(/step-line moment/g)).toHaveLength(2);
    expect(markup).toContain('layer 1 at step 1, pre-LN 100, post-LN 100');
  });
  it('says of a cell that it is not finite', () =>
    expect(plot(1, 3, null)).toContain('step 3: not finite'));
});
