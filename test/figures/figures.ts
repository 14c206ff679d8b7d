import { append, emptySeries } from '../../src/lib/timeSeries';
import type { Drawn } from '../../src/plot/drawn';
import type { Trace } from '../../src/plot/trace';
import type { Strip } from '../../src/plot/waterfall';
import type { Figure } from '../../src/figures/figure';
import { seriesOf } from '../../src/figures/series';

const LABEL = 'activation magnitude, rms at resid_post';
const points = (values: number[]) => values.map((y, i) => ({ x: i - 1, y }));

/** Values that no short decimal stands for, one that is not finite, and what is not there. */
export const VALUES = [Math.fround(0.1), 1 / 3, 5e-324, 1.7976931348623157e308, NaN, 2];
export const TRACES: Trace[] = [
  { id: 'a', label: 'pre-LN', colour: '#0072b2', mark: 'circle', points: points(VALUES) },
  {
    ...{
      id: 'b',
      label: 'ε = 1e-5, "b"',
      lane: 'ε = 1e-5, "b"',
      colour: '#c44e00',
      mark: 'square',
    },
    points: points([1, 2, Infinity, -Infinity, 3, 4]),
  },
  {
    ...{ id: 'seeds a', label: 'pre-LN, mean of 8 seeds', lane: 'pre-LN', colour: '#0072b2' },
    ...{ mark: 'circle', line: 'dashed', isUnnamed: true, isBare: true },
    points: points([1, 2]),
    band: [
      { x: -1, low: 0.5, high: 1.5 },
      { x: 0, low: 1.25, high: 3 },
    ],
  },
];

const base = { label: LABEL, kind: 'log', domain: [-1, 1] } as const;

const figure = (drawn: Drawn, given: Partial<Figure> = {}): Figure => ({
  ...{ title: 'activation magnitude', subject: 'rms at resid_post', unit: '', at: 'step 3' },
  sentence: 'Pre-LN grows\n3-fold, "b" | not.',
  link: 'https://example.org/#v=1&text=(a)',
  ...{ across: drawn.across, isLogAcross: false, isMap: !!drawn.strips },
  axis: { kind: drawn.kind, domain: drawn.domain },
  smoothed: drawn.smoothed ?? null,
  series: seriesOf(drawn),
  levels: [],
  ...given,
});

export const depthFigure = () => figure({ ...base, across: 'layer', traces: TRACES });

const losses = Array.from({ length: 200 }, (_, i) => 4 + 3 / (i + 1));
export const stepFigure = () =>
  figure(
    {
      ...{ ...base, kind: 'linear', domain: [3, 8], across: 'step', unit: 'nats' },
      smoothed: { window: 10, mean: 'arithmetic' },
      steps: [
        {
          ...{ id: 'a', label: 'pre-LN', colour: '#0072b2', mark: 'circle' },
          series: losses.reduce((s, value, step) => append(s, { step, value }), emptySeries()),
        },
      ],
    },
    {
      ...{ title: 'loss', subject: 'loss', unit: 'nats', sentence: '' },
      levels: [{ label: 'ln V', value: Math.log(64) }],
    },
  );

const STRIP: Strip = {
  ...{ id: 'a', label: 'pre-LN', colour: '#0072b2', mark: 'circle', columns: 3, per: 1 },
  records: Int32Array.of(0, 0, 0, 1, 1, 1),
  steps: [0, 5],
  values: Float32Array.of(1.5, 2, NaN, 0.1, Infinity, NaN),
};
export const mapFigure = () =>
  figure({ ...base, across: 'layer', strips: [STRIP] }, { title: 'waterfall' });
