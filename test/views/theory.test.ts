import { Tooltip } from 'radix-ui';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { DEFAULTS } from '../../src/config/fields';
import { readTyped } from '../../src/config/quantity';
import { sitesOf } from '../../src/config/sites';
import { siteStatisticsOf } from '../../src/config/statistics';
import type { Trace } from '../../src/plot/trace';
import { frameOffsets, unpack, type Layout } from '../../src/protocol/frame';
import { NOTHING_YET } from '../../src/runs/engineState';
import {
  DEFAULT_VIEW,
  type Actions,
  type Lane,
  type Scope,
  type ScopeStore,
} from '../../src/runs/state';
import { NOTHING_PREDICTED, type Predictions } from '../../src/runs/theory/predicted';
import { Baseline } from '../../src/views/panels/Baseline';
import { overlayOf, residualSentence } from '../../src/views/panels/theory/overlay';
import { residual } from '../../src/views/panels/theory/residual';
import { ScopeProvider } from '../../src/views/scope';

const curve = (values: number[], first = 0) => values.map((y, i) => ({ x: first + i, y }));
const ONES = curve(Array<number>(12).fill(1));
const off = (values: number[]) => residual(curve(values), ONES, 'ratio');

describe('how far a measurement is from theory', () => {
  test.each<[string, number[]]>([
    ['within 0.1\u00A0%', Array<number>(12).fill(1)],
    ['within 2\u00A0%', [1, 1.01, 0.99, 1.015, 1, 1, 1, 1, 1, 1, 1, 0.985]],
    [
      'within 3\u00A0% up to layer 9, 12\u00A0% at the top',
      [1, 1.01, 1.02, 1.02, 1.03, 1, 1, 1, 1, 1.03, 1.07, 1.12],
    ],
    [
      'within 3\u00A0% from layer 1, 16\u00A0% at layer 0',
      [1.16, 1.03, 1.02, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    ],
    ['within 10\u00A0%', [1.1, 1.08, 1.1, 1.09, 1.1, 1.1, 1.1, 1.1, 1.1, 1.07, 1.06, 1.05]],
    [
      'within 5\u00A0% up to layer 10, 3.1 times too small at the top',
      [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.05, 1 / 3.1],
    ],
    ['40 times too large at layer 5', [9, 12, 14, 20, 30, 40, 35, 30, 28, 20, 20, 18]],
    [
      '6.0×10⁹ times too small at layer 0',
      [1 / 6e9, 1e-5, 1e-5, 1e-4, 1e-3, 1e-3, 1e-3, 1e-3, 0.01, 0.01, 0.1, 0.5],
    ],
    ['within 40\u00A0%', Array<number>(12).fill(1.4)],
    ['not finite at layer 3', [1, 1, 1, Infinity, 1, 1, 1, 1, 1, 1, 1, 1]],
    ['0 at layer 2, where more is predicted', [1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1]],
  ])('%s', (told, values) => expect(off(values)).toBe(told));

  test('where 0 is predicted, 0 is as predicted and more is told', () => {
    const beside = (measured: number[], predicted: number[]) =>
      residual(curve(measured), curve(predicted), 'ratio');
    expect(beside([1, 1, 5, 1], [1, 1, 0, 1])).toBe('more than 0 at layer 2, where 0 is predicted');
    expect(beside([3, 2, 1], [0, 0, 0])).toBe('more than 0 at every layer, where 0 is predicted');
    expect(beside([0, 0, 0], [0, 0, 0])).toBe('within 0.1\u00A0%');
    expect(beside([1, NaN], [1, 0])).toBe('not finite at layer 1');
    expect(residual(curve([0, 0.5]), curve([0.5, 0]), 'difference')).toBe('within 0.5');
  });

  test('the embedding is told like a layer; layers that one of both lacks are left out', () => {
    expect(residual(curve([5, 1.01, 1.01], -1), curve([1, 1], 0), 'ratio')).toBe('within 1\u00A0%');
    const told = (embed: number) =>
      residual(curve([embed, 1.03, 1.02, 1], -1), curve([1, 1, 1, 1], -1), 'ratio');
    expect(told(1.16)).toBe('within 3\u00A0% from layer 0, 16\u00A0% at embed');
    expect(told(1.03)).toBe('within 3\u00A0%');
    expect(told(NaN)).toBe('not finite at embed');
    expect(residual([], ONES, 'ratio')).toBeNull();
  });

  test('cosines and entropies are off by a difference', () => {
    const told = residual(curve([0.013, 0.5, 0.9, 0.7]), curve([0, 0.5, 0.9, 0.9]), 'difference');
    expect(told).toBe('within 0.02 up to layer 2, 0.20 off at the top');
  });
});

test('reasons that all lanes share are said once, others of their lane', () => {
  const told = (name: string, residual: string, ...failing: string[]) => ({
    name,
    residual,
    failing,
  });
  expect(residualSentence([told('pre-LN', 'within 3 %')])).toBe('Theory within 3 %.');
  expect(residualSentence([told('pre-LN', 'within 3 %')], false)).toBe(
    'Theory: pre-LN within 3 %.',
  );
  expect(residualSentence([told('pre-LN', 'within 3 %', 'width 64 < 128')])).toBe(
    'Theory does not hold (width 64 < 128): within 3 %.',
  );
  expect(residualSentence([told('pre', 'within 3 %'), told('post', 'within 9 %', 'x')])).toBe(
    'Theory: pre within 3 %; post within 9 %, does not hold (x).',
  );
  expect(
    residualSentence([
      told('pre', 'within 3 %', 'w'),
      told('post', 'within 9 %', 'w', 'x', 'y', 'z'),
    ]),
  ).toBe('Theory does not hold (w): pre within 3 %; post within 9 % (x, y, 1 more).');
});

const config = { ...DEFAULTS, n_layers: 2 };
const layout: Layout = {
  sites: sitesOf(config),
  siteStatistics: siteStatisticsOf(config),
  norms: [],
  params: ['blocks.0.attn.wq', 'blocks.1.attn.wq'],
  ...{ n_layers: 2, n_heads: 2 },
};
const packed = new Float32Array(frameOffsets(layout).size).fill(2);
const measured = { config, layout, frame: unpack(layout, { step: 0, batch: null, packed }) };
const laneOf = (id: 'a' | 'b') =>
  ({ id, config, engine: NOTHING_YET, shown: measured, changes: [] }) as unknown as Lane;
const [a, b] = [laneOf('a'), laneOf('b')];

describe('a quantity without a law', () => {
  const quantityOf = (text: string) => readTyped(text)!;
  const pickOf = (text: string): string => {
    const view = { ...DEFAULT_VIEW, theory: 'ratio', baseline: 'b' };
    const scope = { view, lanes: [a, b], recordings: [] } as unknown as Scope;
    const store: ScopeStore = Object.assign(
      createStore<Scope>(() => scope),
      { actions: {} as Actions },
    );
    const baseline = createElement(Baseline, { by: 'ratio', quantity: quantityOf(text) });
    return renderToStaticMarkup(
      createElement(ScopeProvider, {
        store,
        children: createElement(Tooltip.Provider, null, baseline),
      }),
    );
  };
  test.each([
    'kurtosis@resid_post',
    'rms@resid_post/each',
    'rms@attn.scores',
    'param_rms@attn.wq',
    'param_grad_rms@attn.norm.gain',
  ])('%s is held against the lane that was picked, and the picker says so', (text) => {
    expect(pickOf(text)).not.toContain('÷ theory');
    const overlay = overlayOf(quantityOf(text), 'ratio', NOTHING_PREDICTED, 'ratio');
    expect(overlay.isRatio).toBe(false);
    expect(overlay.tell([{ lane: a, name: 'pre-LN' }])).toMatch(/^No law predicts /);
  });
  test.each(['rms@resid_post', 'param_grad_rms@attn.wq', 'entropy@attn'])('%s has one', (text) => {
    expect(pickOf(text)).toContain('÷ theory');
    expect(overlayOf(quantityOf(text), 'ratio', NOTHING_PREDICTED, 'ratio').isRatio).toBe(true);
  });
});

test('where means over seeds are on show, theory is told of them', () => {
  const prediction = { quantities: { 'resid_post/rms': [1, 1] }, assumptions: [] };
  const found = { key: '', error: null, edition: null, config, measured, prediction };
  const lanes = { a: found, b: found };
  const theory = { ...NOTHING_PREDICTED, lanes };
  const overlay = overlayOf(readTyped('rms@resid_post')!, 'ratio', theory, 'on');
  const told = [
    { lane: a, name: 'pre-LN' },
    { lane: b, name: 'post-LN' },
  ];
  const means = [{ group: 'a', points: curve([1.01, 1]) }] as Trace[];
  expect(overlay.tell(told)).toBe('Theory: pre-LN within 100\u00A0%; post-LN within 100\u00A0%.');
  expect(overlay.tell(told, means)).toBe(
    'Theory, mean over seeds: pre-LN within 1\u00A0%. Theory: post-LN within 100\u00A0%.',
  );
  expect(overlay.tell(told.slice(0, 1), means)).toBe('Theory, mean over seeds: within 1\u00A0%.');
});

test('theory is told of the text that it was made for', () => {
  const prediction = { quantities: { 'resid_post/rms': [2, 2] }, assumptions: [] };
  const found = { key: '', error: null, edition: 1, config, measured, prediction };
  const told = (theory: Partial<Predictions>) =>
    overlayOf(
      readTyped('rms@resid_post')!,
      'ratio',
      { ...NOTHING_PREDICTED, edition: 1, lanes: { a: found }, ...theory },
      'on',
    ).tell([{ lane: a, name: 'pre-LN' }]);
  expect(told({})).toBe('Theory within 0.1\u00A0%.');
  expect(told({ edition: 2 })).toBe('Theory of pre-LN is being computed.');
  expect(told({ edition: 2, lanes: { a: { ...found, edition: null } } })).toBe(told({}));
});
