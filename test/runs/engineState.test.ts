import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import type { ModelReport } from '../../src/protocol/engine';
import type { Layout, Measurement } from '../../src/protocol/frame';
import * as next from '../../src/runs/engineState';

const device = { backend: 'cpu', adapter: 'none', reason: '' } as const;
const layout: Layout = {
  sites: [],
  siteStatistics: [],
  params: [],
  norms: [],
  n_layers: 1,
  n_heads: 1,
};
const model: Omit<ModelReport, 'layout'> = {
  step: 0,
  kept: false,
  parameters: 1,
  vocabulary: [],
  levels: { uniform: 1 },
};
const measurement = (step: number) =>
  ({ config: DEFAULTS, layout, frame: { step } }) as unknown as Measurement;

const starting = next.standingAt(next.NOTHING_YET);
const begun = next.buildBegun(next.opened(next.buildQueued(starting), device), DEFAULTS);
const ready = next.modelMeasured(
  next.modelMade(begun, { ...model, layout }),
  model,
  measurement(0),
);

describe('an engine', () => {
  test('starts, builds and is ready with its first measurement', () => {
    expect(next.buildQueued(starting).engine.status).toBe('starting');
    expect(begun).toMatchObject({ engine: { status: 'building', latest: null }, builds: 0 });
    expect(ready).toMatchObject({ engine: { status: 'ready', device }, isUnseen: false });
    expect(next.needsEvaluation(ready.engine)).toBe(true);
  });

  test('builds on while another model is asked for', () => {
    const queued = next.buildQueued(next.buildQueued(ready));
    const first = next.modelMeasured(next.buildBegun(queued), model, measurement(0));
    expect(first.engine.status).toBe('building');
    expect(next.modelMeasured(next.buildBegun(first), model, measurement(0)).engine.status).toBe(
      'ready',
    );
  });

  test('that made a model and could not measure it shows the one before', () => {
    const made = next.modelMade(next.buildBegun(next.buildQueued(ready)), { ...model, layout });
    const lost = next.failed(made, 'Lost.');
    expect(lost).toMatchObject({ engine: { status: 'failed', latest: ready.engine.latest } });
    // Where the next model keeps the weights of that one, the log begins anew all the same.
    expect(next.modelMade(lost, { ...model, layout, kept: true }).isUnseen).toBe(true);
  });

  test('that refused a model goes on with the one it had', () => {
    const asked = next.buildQueued(ready);
    expect(next.buildRefused(next.buildBegun(asked)).engine.status).toBe('ready');
    const again = next.buildBegun(next.buildQueued(asked));
    expect(next.buildRefused(again).engine.status).toBe('building');
  });

  test('is evaluated once for a measurement', () => {
    const told = next.evaluated(ready, 'Out of memory.');
    expect(next.needsEvaluation(told.engine)).toBe(false);
    expect(next.needsEvaluation(next.measured(told, measurement(1), null).engine)).toBe(true);
  });
});
