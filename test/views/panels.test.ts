import { createElement, type ComponentType } from 'react';
import { NOTHING_READ } from '../../src/runs/inspector/inspection';
import { NOTHING_PREDICTED } from '../../src/runs/theory/predicted';
import { renderToStaticMarkup } from 'react-dom/server';
import { Tooltip } from 'radix-ui';
import { beforeAll, describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { DEFAULTS } from '../../src/config/fields';
import { sitesOf } from '../../src/config/sites';
import { siteStatisticsOf } from '../../src/config/statistics';
import { frameOffsets, unpack, type Layout, type Measurement } from '../../src/protocol/frame';
import { NOTHING_YET } from '../../src/runs/engineState';
import { NOTHING_TIMED } from '../../src/normCosts/desk/costs';
import { NO_SEED_RUNS, NO_SEEDS } from '../../src/runs/seeds/samples';
import {
  DEFAULT_VIEW,
  type Actions,
  type Lane,
  type Scope,
  type ScopeStore,
  type View,
} from '../../src/runs/state';
import { Contents } from '../../src/views/panels/evaluation/Contents';
import { EvaluationPanel } from '../../src/views/panels/evaluation/EvaluationPanel';
import { DEPTH_PANELS } from '../../src/views/panels/depthPanels';
import { deepest } from '../../src/views/panels/lanes';
import { LossPanel } from '../../src/views/panels/LossPanel';
import { fetchWords } from '../../src/views/panels/Panel';
import { QuantityPanel } from '../../src/views/panels/QuantityPanel';
import { ScopeProvider } from '../../src/views/scope';
import { seriesOf } from '../support/series';

beforeAll(fetchWords);

const config = { ...DEFAULTS, n_layers: 3 };
const layout: Layout = {
  sites: sitesOf(config),
  siteStatistics: siteStatisticsOf(config),
  norms: [],
  params: [0, 1, 2].map((layer) => `blocks.${layer}.attn.wq`),
  n_layers: 3,
  n_heads: 2,
};

const lane = (change: Partial<Lane> = {}): Lane => ({
  id: 'a',
  config,
  engine: NOTHING_YET,
  shown: null,
  evaluation: null,
  loss: seriesOf([]),
  divergence: null,
  alarms: [],
  trouble: null,
  stall: null,
  changes: [],
  events: [],
  checkpoints: [],
  returning: null,
  fork: null,
  ...change,
});
const model = { step: 0, kept: false, parameters: 1, vocabulary: [], levels: { uniform: 4.33 } };
const measurementOf = (layout: Layout, fill: number): Measurement => ({
  config,
  layout,
  frame: unpack(layout, {
    step: 0,
    batch: null,
    packed: new Float32Array(frameOffsets(layout).size).fill(fill),
  }),
});
const latest = measurementOf(layout, 2);
const measured = lane({
  engine: { ...NOTHING_YET, status: 'ready', model, latest },
  shown: latest,
  loss: seriesOf([4.5]),
});

function html(Panel: ComponentType, lanes: Lane[], view: View = DEFAULT_VIEW): string {
  const scope: Scope = {
    lanes,
    recordings: [],
    transfer: null,
    moment: 'live',
    playback: { direction: 0, speed: 30 },
    playing: false,
    speed: null,
    stepsPerSecond: 0,
    restMs: 0,
    pausesAtAlarms: true,
    hovered: null,
    selected: null,
    ghosts: [],
    hoveredStep: null,
    labs: false,
    view,
    normCosts: NOTHING_TIMED,
    seeds: NO_SEEDS,
    seedRuns: NO_SEED_RUNS,
    inspection: NOTHING_READ,
    theory: NOTHING_PREDICTED,
    sweeping: null,
    text: { name: '', content: null },
    notices: [],
  };
  const store: ScopeStore = Object.assign(
    createStore<Scope>(() => scope),
    { actions: { watchEvaluations: () => () => undefined } as unknown as Actions },
  );
  return renderToStaticMarkup(
    createElement(ScopeProvider, {
      store,
      children: createElement(Tooltip.Provider, null, createElement(Panel)),
    }),
  );
}

const SENTENCES: Record<string, string> = {
  'activation magnitude': 'Pre-LN stays at 2.00 from layer 0 to 2.',
  gradient: 'Pre-LN: the gradient at layer 0 is the same as that at layer 2.',
  attention: 'Entropy of pre-LN stays at 2.00.',
  loss: 'Step 0: pre-LN 4.50, 0.17 above the uniform guess.',
};
const PANELS: [string, ComponentType][] = [
  ...DEPTH_PANELS.map((panel): [string, ComponentType] => [
    panel.title,
    () => createElement(QuantityPanel, panel),
  ]),
  ['loss', LossPanel],
];

describe.each(PANELS)('the %s panel', (title, Panel) => {
  it('says its finding in words', () =>
    expect(html(Panel, [measured])).toContain(SENTENCES[title]!));
  it('stands before anything is measured', () =>
    expect(html(Panel, [lane()])).toContain('Nothing measured yet.'));
  it('says that a lane has stopped, in its colour', () => {
    const failed = lane({
      engine: { ...NOTHING_YET, status: 'failed', error: 'Out of memory.' },
    });
    expect(html(Panel, [failed])).toMatch(/color:var\(--lane-a\)[^>]*> pre-LN has stopped\./);
  });
});

it('spans the deepest lane, asked for or built', () => {
  expect(deepest([lane(), lane({ config: { ...config, n_layers: 24 } })])).toBe(24);
  expect(deepest([])).toBe(1);
});

describe('the evaluation', () => {
  const position = (fill: number, length: number) => new Float32Array(length).fill(fill);
  const evaluated = lane({
    ...measured,
    evaluation: {
      config,
      layout,
      training: latest,
      frame: { ...latest.frame, loss: 2.5 },
      seq_len: 64,
      sameBatch: false,
      position: {
        loss: position(3, 64),
        rms: position(1, 3 * 64),
        entropy: position(NaN, 3 * 64),
      },
      leak: { training: 0.27, evaluation: 0 },
    },
  });

  it('is a line until it is opened', () => {
    const markup = html(EvaluationPanel, [evaluated]);
    expect(markup).toContain('aria-expanded="false"');
    expect(markup).not.toContain('<figure');
  });
  it('opens where a lane is used otherwise than it is trained, unless somebody closed it', () => {
    const apart = { ...evaluated, config: { ...config, dropout: 0.1 } };
    expect(html(EvaluationPanel, [apart])).toContain('aria-expanded="true"');
    const closed = { ...DEFAULT_VIEW, evaluation: { open: false } };
    expect(html(EvaluationPanel, [apart], closed)).toContain('aria-expanded="false"');
  });
  it('shows numbers, and panels with their findings in words', () => {
    const markup = html(Contents, [evaluated]);
    expect(markup).toContain('Step 0: pre-LN has loss 2.00 in training and 2.50 in evaluation.');
    expect(markup).toContain('27\u00A0%');
    expect(markup).toContain('Pre-LN: the same in training and evaluation.');
    expect(markup).toContain('Loss of pre-LN is 3.00 on average at positions 0 to 31, as in');
    // No norm is over the batch.
    expect(markup.match(/<figure/g)).toHaveLength(2);
    expect(markup).not.toContain('leaks between tokens');
  });
  it('compares the batch with running statistics and warns, where a norm is over the batch', () => {
    const norms = ['blocks.0.attn.norm', 'blocks.1.attn.norm'];
    const overBatch = { ...layout, norms };
    const leaking = lane({ ...evaluated, shown: measurementOf(overBatch, 0.5) });
    const markup = html(Contents, [leaking]);
    expect(markup).toContain(
      'Pre-LN: the running mean is 0.50 standard deviations off the batch’s, most at layer 0',
    );
    expect(markup).toContain('leaks between tokens: changing the last token moves earlier outputs');
  });
  it('says why a lane was not evaluated', () => {
    const failed = lane({
      ...measured,
      engine: { ...measured.engine, unevaluated: { training: latest, reason: 'Out of memory.' } },
    });
    expect(html(Contents, [failed])).toContain('Lane A was not evaluated: Out of memory.');
  });
});
