import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it, test } from 'vitest';
import { depthScale } from '../../src/plot/depth';
import { DepthPlot, type DepthPlotProps } from '../../src/plot/DepthPlot';
import { StepPlot, type StepPlotProps } from '../../src/plot/StepPlot';
import { PositionPlot, type PositionPlotProps } from '../../src/plot/PositionPlot';
import type { Trace } from '../../src/plot/trace';
import { seriesOf } from '../support/series';

/** The drawing alone, an element a line, numbers to a tenth of a pixel, so that a change can be read. */
const drawing = (markup: string) => {
  const svg = /<svg.*<\/svg>/s.exec(markup)![0];
  const rounded = svg.replace(/-?\d+\.\d+/g, (n) => String(Math.round(Number(n) * 10) / 10));
  return `${rounded.replaceAll('><', '>\n<')}\n`;
};

const points = (from: number, values: number[]) => values.map((y, i) => ({ x: from + i, y }));
const PRE: Trace = {
  id: 'a',
  label: 'pre-LN',
  colour: 'var(--lane-a)',
  mark: 'circle',
  points: points(-1, [1.41, 1.4, 1.9, 2.5, 3.3]),
};
const NONE: Trace = {
  id: 'c',
  label: 'no norm',
  colour: 'var(--lane-c)',
  mark: 'triangle',
  points: points(-1, [1.41, 1.4, 16, NaN, NaN]),
};
const NOTHING = { hovered: null, selected: null };
const depthPlot = (props: Partial<DepthPlotProps>) =>
  renderToStaticMarkup(
    createElement(DepthPlot, {
      depth: depthScale(4, 480),
      traces: [PRE],
      width: 480,
      height: 160,
      axis: { kind: 'log', subject: 'rms', live: true },
      label: 'activation magnitude',
      marks: NOTHING,
      onHover: () => {},
      onSelect: () => {},
      ...props,
    }),
  );

describe('DepthPlot', () => {
  it('draws a trace on its graticule', async () => {
    await expect(drawing(depthPlot({}))).toMatchFileSnapshot('svg/depth.svg');
  });
  it('draws where a trace is not finite, and what is marked', async () => {
    const markup = depthPlot({
      traces: [PRE, NONE],
      marks: { hovered: 1, selected: { from: 3, to: 3 } },
    });
    await expect(drawing(markup)).toMatchFileSnapshot('svg/depth-broken.svg');
  });
  it('draws bands and strands on a linear axis', async () => {
    const heads = [0.8, 0.6].map((v) => points(0, [v, v + 0.1, v - 0.1, v]));
    const trace: Trace = {
      ...PRE,
      points: points(0, [0.7, 0.8, 0.6, 0.7]),
      strands: heads,
      band: points(0, [0.7, 0.8, 0.6, 0.7]).map(({ x, y }) => ({ x, low: y - 0.1, high: y + 0.1 })),
    };
    const markup = depthPlot({
      traces: [trace],
      axis: { kind: 'linear', subject: 'entropy', always: [0, 1], live: true },
    });
    await expect(drawing(markup)).toMatchFileSnapshot('svg/depth-heads.svg');
  });
  it('draws the graticule before there is data', async () => {
    await expect(drawing(depthPlot({ traces: [] }))).toMatchFileSnapshot('svg/depth-empty.svg');
  });
  it('draws limits within reach, and a zero at the edge of a logarithmic axis', async () => {
    const trace = { ...PRE, points: points(0, [1, 0, 5, 2]) };
    const limits = [
      { value: 2, label: 'ceiling' },
      { value: 1e9, label: 'far away' },
    ];
    const markup = depthPlot({ traces: [trace], limits });
    expect(markup).toContain('ceiling');
    expect(markup).not.toContain('far away');
    expect(markup).toContain('0 has no place on a logarithmic axis');
  });
  it('is a slider through the layers, which speaks what stands there', () => {
    const markup = depthPlot({
      traces: [PRE, NONE],
      marks: { hovered: null, selected: { from: 1, to: 1 } },
    });
    expect(markup).toContain('role="slider"');
    expect(markup).toContain('aria-valuenow="1"');
    expect(markup).toContain('aria-valuetext="layer 1, pre-LN 1.90, no norm 16.0"');
  });
  it('says every digit in its tooltip', () => {
    const trace = { ...PRE, points: points(0, [1.2345678, 1, 1, 1]) };
    expect(depthPlot({ traces: [trace], marks: { ...NOTHING, hovered: 0 } })).toContain(
      'pre-LN: 1.2345678',
    );
  });
  it('works at any height', () => {
    for (const [height, ticks] of [
      [40, false],
      [84, false],
      [60, true],
      [800, true],
    ] as const) {
      const markup = depthPlot({ height, ticks });
      const ground = Number(/data-ground="".*? height="([\d.]+)"/.exec(markup)![1]);
      expect(ground).toBe(ticks ? height - 24 : height - 4);
      expect(markup.match(/class="tick"/g)!.length).toBeGreaterThanOrEqual(2);
      expect(markup.includes('>layer<')).toBe(ticks);
    }
  });
  it('ignores a mark that lies past its last layer', () => {
    expect(depthPlot({ marks: { ...NOTHING, hovered: 9 } })).toContain('no layer marked');
  });
});

describe('traces told apart by their line', () => {
  it('are dashed or dotted in one colour, and one name may do for both', () => {
    const training: Trace = { ...PRE, id: 'a', label: 'pre-LN' };
    const used: Trace = {
      ...training,
      id: 'a evaluation',
      label: 'pre-LN evaluation',
      line: 'dashed',
      isUnnamed: true,
    };
    const markup = depthPlot({ traces: [training, used], marks: { ...NOTHING, hovered: 0 } });
    expect(markup).toContain('class="trace dashed"');
    expect(markup).toContain('pre-LN 1.40, pre-LN evaluation 1.40');
    expect(markup.match(/class="end-label"/g)).toHaveLength(1);
  });
  it('count from 0 on an axis of counts', () => {
    const counted = { ...PRE, points: points(0, [0, 3, 120, 0]) };
    const markup = depthPlot({
      traces: [counted],
      axis: { kind: 'count', subject: 'lost', live: true },
    });
    expect(markup).not.toContain('0 has no place');
    for (const label of ['>0<', '>1<', '>10<', '>100<']) expect(markup).toContain(label);
  });
});

/** Windows from next to nothing on. */
const SMALL_WINDOWS = [1, 12, 25, 40, 80].flatMap((height) =>
  [1, 60, 200].map((width) => ({ width, height })),
);
const expectNoSizeBelow0 = (markup: string) =>
  expect(markup).not.toMatch(/ (width|height|r|rx|ry)="(-|NaN)/);

test.each(SMALL_WINDOWS)('layers: no size is below 0 at $width × $height', ({ width, height }) => {
  const traces = ['a', 'b', 'c', 'd'].map((id) => ({ ...NONE, id }));
  const depth = depthScale(4, width);
  for (const ticks of [true, false]) {
    for (const marks of [NOTHING, { hovered: 2, selected: { from: 1, to: 3 } }]) {
      expectNoSizeBelow0(depthPlot({ traces, depth, width, height, ticks, marks }));
    }
  }
});

describe('PositionPlot', () => {
  const positionPlot = (props: Partial<PositionPlotProps>) =>
    renderToStaticMarkup(
      createElement(PositionPlot, {
        traces: [{ ...PRE, points: points(0, [NaN, 3, 2, 2.5, 4, 5]) }],
        tokens: 6,
        trained: [{ tokens: 4 }],
        width: 480,
        height: 160,
        axis: { kind: 'linear', subject: 'loss' },
        label: 'against position, loss',
        ...props,
      }),
    );

  it('draws values against the position, and where training ended', async () => {
    await expect(drawing(positionPlot({}))).toMatchFileSnapshot('svg/position.svg');
  });
  it.each(SMALL_WINDOWS)('has no size below 0 at $width × $height', (size) =>
    expectNoSizeBelow0(positionPlot(size)),
  );
  it('is a slider through the positions', () => {
    const markup = positionPlot({});
    expect(markup).toContain('aria-label="against position, loss: position"');
    expect(markup).toContain('aria-valuemax="5"');
    expect(markup).toContain('aria-valuetext="no position marked"');
  });
  it('says what is not finite, and copes with one position and with nothing', () => {
    const lost = { ...PRE, points: points(0, [NaN, NaN]) };
    expect(positionPlot({ traces: [lost], tokens: 2, trained: [] })).toContain(
      'NaN at every position',
    );
    const one = { ...PRE, points: points(0, [3]) };
    expect(positionPlot({ traces: [one], tokens: 1, trained: [] })).not.toContain('NaN');
    expect(positionPlot({ traces: [], trained: [] })).toContain('position');
  });
});

describe('StepPlot', () => {
  const lossPlot = (props: Partial<StepPlotProps>) =>
    renderToStaticMarkup(
      createElement(StepPlot, {
        traces: [
          {
            id: 'a',
            label: 'pre-LN',
            colour: 'var(--lane-a)',
            mark: 'circle',
            series: seriesOf(Array.from({ length: 9 }, (_, step) => 4.3 - step * 0.15)),
          },
        ],
        levels: [
          { value: Math.log(76), label: 'ln V', short: 'ln V' },
          { value: 3.17, label: 'unigram entropy', short: 'unigram' },
        ],
        width: 640,
        height: 160,
        axis: { kind: 'linear' },
        label: 'loss',
        smooths: true,
        hovered: null,
        onHover: () => {},
        ...props,
      }),
    );

  it('draws the loss between its levels', async () => {
    await expect(drawing(lossPlot({}))).toMatchFileSnapshot('svg/loss.svg');
  });
  it.each(SMALL_WINDOWS)('has no size below 0 at $width × $height', (size) =>
    expectNoSizeBelow0(lossPlot(size)),
  );
  it('names levels in short where room is', () => {
    expect(lossPlot({ width: 380 })).toContain('unigram 3.17');
    expect(lossPlot({ width: 900 })).toContain('unigram entropy 3.17');
  });
  it('says from which step a loss is not finite', () => {
    const series = seriesOf([3, 3.2, NaN, NaN]);
    const trace = { id: 'a', label: 'A', colour: 'red', mark: 'circle' as const, series };
    expect(lossPlot({ traces: [trace] })).toContain('NaN from step 2');
  });
});
