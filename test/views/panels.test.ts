import { createElement, type ComponentType } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { Tooltip } from 'radix-ui';
import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { DEFAULTS } from '../../src/config/fields';
import { sitesOf } from '../../src/config/sites';
import { frameOffsets, unpack, type Layout } from '../../src/protocol/frame';
import {
  DEFAULT_VIEW,
  type Actions,
  type Lane,
  type Scope,
  type ScopeStore,
} from '../../src/runs/state';
import { AttentionPanel } from '../../src/views/panels/AttentionPanel';
import { GradientPanel } from '../../src/views/panels/GradientPanel';
import { deepest } from '../../src/views/panels/lanes';
import { LossPanel } from '../../src/views/panels/LossPanel';
import { MagnitudePanel } from '../../src/views/panels/MagnitudePanel';
import { ScopeProvider } from '../../src/views/scope';

const config = { ...DEFAULTS, n_layers: 3 };
const layout: Layout = {
  sites: sitesOf(config),
  params: [0, 1, 2].map((layer) => `blocks.${layer}.attn.wq`),
  n_layers: 3,
  n_heads: 2,
};

const lane = (change: Partial<Lane> = {}): Lane => ({
  id: 'a',
  config,
  status: 'starting',
  error: null,
  device: null,
  model: null,
  frame: null,
  loss: [],
  divergence: null,
  stepMs: null,
  ...change,
});
const measured = lane({
  status: 'ready',
  model: { layout, step: 0, kept: false, parameters: 1, vocabulary: [], levels: { uniform: 4.33 } },
  frame: unpack(layout, {
    step: 0,
    batch: null,
    packed: new Float32Array(frameOffsets(layout).size).fill(2),
  }),
  loss: [{ step: 0, loss: 4.5 }],
});

function html(Panel: ComponentType, lanes: Lane[]): string {
  const scope: Scope = {
    lanes,
    playing: false,
    speed: null,
    stepsPerSecond: 0,
    hovered: null,
    selected: null,
    view: DEFAULT_VIEW,
    text: { name: '', content: null },
    notices: [],
  };
  const store: ScopeStore = Object.assign(
    createStore<Scope>(() => scope),
    { actions: {} as Actions },
  );
  return renderToStaticMarkup(
    createElement(ScopeProvider, {
      store,
      children: createElement(Tooltip.Provider, null, createElement(Panel)),
    }),
  );
}

const PANELS: [string, ComponentType, string][] = [
  ['activation magnitude', MagnitudePanel, 'Pre-LN stays at 2.00 from layer 0 to 2.'],
  ['gradient', GradientPanel, 'Pre-LN: the gradient at layer 0 is the same as that at layer 2.'],
  ['attention', AttentionPanel, 'Entropy of pre-LN stays at 2.00.'],
  ['loss', LossPanel, 'Step 0: pre-LN 4.50, 0.17 above the uniform guess.'],
];

describe.each(PANELS)('the %s panel', (_, Panel, sentence) => {
  it('says its finding in words', () => expect(html(Panel, [measured])).toContain(sentence));
  it('stands before anything is measured', () =>
    expect(html(Panel, [lane()])).toContain('Nothing measured yet.'));
  it('says that a lane has stopped, in its colour', () => {
    const failed = lane({ status: 'failed', error: 'Out of memory.' });
    expect(html(Panel, [failed])).toMatch(/color:var\(--lane-a\)[^>]*> pre-LN has stopped\./);
  });
});

it('spans the deepest lane, asked for or built', () => {
  expect(deepest([lane(), lane({ config: { ...config, n_layers: 24 } })])).toBe(24);
  expect(deepest([])).toBe(1);
});
