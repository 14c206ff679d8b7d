import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { readTyped } from '../../src/config/quantity';
import { sitesOf } from '../../src/config/sites';
import { siteStatisticsOf } from '../../src/config/statistics';
import { frameOffsets, unpack, type Layout, type Measurement } from '../../src/protocol/frame';
import { spread } from '../../src/lib/spread';
import {
  bandTraces,
  seededCurves,
  seedSentence,
  type Held,
  type SeededLane,
} from '../../src/views/panels/seedBands';
import { seriesOf } from '../../src/views/panels/series';

const config = { ...DEFAULTS, n_layers: 4 };
const layout: Layout = {
  sites: sitesOf(config),
  siteStatistics: siteStatisticsOf(config),
  norms: [],
  params: [],
  n_layers: 4,
  n_heads: 2,
};

/** A measurement whose RMS at `resid_post` is `rms` of the layer. */
function measurement(rms: (layer: number) => number): Measurement {
  const frame = unpack(layout, {
    step: 0,
    batch: null,
    packed: new Float32Array(frameOffsets(layout).size),
  });
  layout.sites.forEach((site, i) => {
    const layer = /^blocks\.(\d)\.resid_post$/.exec(site)?.[1];
    if (layer) frame.site.rms[i] = rms(Number(layer));
  });
  return { config, layout, frame };
}

/** Seeds 0, 1, 2, … are a little apart from one another, by another amount at each layer. */
const SEEDS = [1, 1.02, 0.97, 1.05, 0.99, 1.01];
const lane = (
  id: 'a' | 'b' | 'c',
  name: string,
  factor: (layer: number, seed: number) => number,
  seeds = SEEDS,
): SeededLane => ({
  id,
  name,
  measured: seeds.map((of, seed) => measurement((layer) => of * factor(layer, seed))),
});
/** Up and down from seed to seed: no difference on the whole. */
const noise = (seed: number) => 1 + (seed % 2 ? 0.01 : -0.01);
const curvesHeld = (held: Held | null, ...lanes: SeededLane[]) =>
  seededCurves(lanes, (measured) => seriesOf(measured, readTyped('rms@resid_post')!), held);
const curvesOf = (...lanes: SeededLane[]) => curvesHeld(null, ...lanes);
const said = (asked: number, ...lanes: SeededLane[]) =>
  seedSentence(curvesOf(...lanes), { asked, step: 0, isRunning: false });

const A = lane('a', 'pre-LN', () => 1);

describe('the spread of seeds', () => {
  it('has a geometric mean on a logarithmic axis, an arithmetic one elsewhere', () => {
    expect(spread([1, 100], true).mean).toBeCloseTo(10, 9);
    expect(spread([1, 100], false).mean).toBe(50.5);
    expect(spread([0, 100], true).mean).toBe(50);
  });
  it('reaches from the 10th percentile to the 90th, interpolated', () => {
    const eleven = Array.from({ length: 11 }, (_, i) => 10 - i);
    expect(spread(eleven, false)).toEqual({ mean: 5, low: 1, high: 9 });
    expect(spread([1, 10], true).low).toBeCloseTo(10 ** 0.1, 9);
  });
  it('lies among the values, whatever their order', () => {
    const values = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.boolean(), (all, isLog) => {
        const { low, high, mean } = spread(all, isLog);
        const slack = 1 + 1e-9;
        for (const value of [low, high, mean]) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...all) / slack);
          expect(value).toBeLessThanOrEqual(Math.max(...all) * slack);
        }
        expect(spread([...all].reverse(), isLog)).toEqual({ low, high, mean });
      }),
    );
  });
});

describe('bands', () => {
  it('stand beside every lane that was measured, in its colour and without a name', () => {
    const traces = bandTraces(
      curvesOf(
        A,
        lane('b', 'post-LN', () => 2, []),
      ),
      'linear',
    );
    expect(traces).toHaveLength(1);
    expect(traces[0]).toMatchObject({
      colour: 'var(--lane-a)',
      label: 'pre-LN, mean of 6 seeds',
      isUnnamed: true,
    });
    const { x, low, high } = traces[0]!.band!.at(-1)!;
    expect(x).toBe(3);
    expect(traces[0]!.points.at(-1)!.y).toBeCloseTo(6.04 / 6, 6);
    expect([low, high]).toEqual([expect.closeTo(0.98, 6), expect.closeTo(1.035, 6)]);
  });
  it('have a gap where a seed is not finite', () => {
    const broken = lane('a', 'pre-LN', (layer, seed) => (layer === 2 && seed === 1 ? NaN : 1));
    const [trace] = bandTraces(curvesOf(broken), 'log');
    expect(trace!.points.map(({ x }) => x).slice(-3)).toEqual([0, 1, 3]);
  });
  it('of ratios hold each seed against the same seed of the baseline', () => {
    const B = lane('b', 'post-LN', (layer) => layer + 2, SEEDS.slice(0, 4));
    const held = { baseline: 'a', by: 'ratio' } as const;
    const [trace, ...others] = bandTraces(curvesHeld(held, A, B), 'log');
    expect(others).toEqual([]);
    expect(trace!.label).toBe('post-LN, mean of 4 seeds');
    expect(trace!.points.slice(-4).map(({ y }) => y)).toEqual(
      [2, 3, 4, 5].map((ratio) => expect.closeTo(ratio, 5)),
    );
    // Nothing of what the seeds have in common is left.
    for (const { low, high } of trace!.band!.slice(-4)) expect(high / low).toBeCloseTo(1, 5);
  });
});

describe('the sentence of seeds', () => {
  it('tells one lane’s band', () => {
    expect(said(6, A)).toBe('Band: 6 seeds at step 0.');
    expect(said(8, A)).toBe('Band: 6 of 8 seeds at step 0.');
    expect(said(8)).toBe('');
  });
  it('says at which layers two lanes differ', () => {
    const B = lane('b', 'post-LN', (layer, seed) =>
      layer > 1 ? 1.01 + 0.001 * (seed % 2) : noise(seed),
    );
    expect(said(6, A, B)).toBe(
      'Over 6 seeds at step 0 they differ beyond chance at layers 2 and 3.',
    );
    const same = lane('b', 'post-LN', (_, seed) => noise(seed));
    expect(said(6, A, same)).toBe('Over 6 seeds at step 0 they differ beyond chance at no layer.');
    const other = lane('b', 'post-LN', () => 1.5);
    expect(said(6, A, other)).toMatch(/beyond chance at every layer\.$/);
    expect(
      said(
        6,
        A,
        other,
        lane('c', 'none', () => 3),
      ),
    ).toBe('Over 6 seeds at step 0 all differ from pre-LN beyond chance at every layer.');
    expect(
      said(
        6,
        A,
        other,
        lane('c', 'none', (_, seed) => noise(seed)),
      ),
    ).toBe(
      'Over 6 seeds at step 0, beyond chance from pre-LN: post-LN at every layer; none at no layer.',
    );
  });
  it('tests nothing before the last seed is there, nor with one', () => {
    const B = lane('b', 'post-LN', () => 1.5);
    const told = { asked: 8, step: 0, isRunning: true };
    expect(seedSentence(curvesOf(A, B), told)).toBe('Band: 6 of 8 seeds at step 0.');
    const one = (id: 'a' | 'b') => lane(id, id, () => 1, [1]);
    expect(said(1, one('a'), one('b'))).toBe('Band: 1 seed at step 0.');
  });
});
