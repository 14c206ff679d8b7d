import { beforeAll, describe, expect, test } from 'vitest';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession, type Session } from '../../src/engine/session';
import { encodeSafetensors } from '../../src/lib/safetensors';
import { referenceFrame, type Weights } from '../reference';
import { configOf, measured, nested, sessionOf, TEXT, TINY, weightsOf } from './support';

const PLAIN = { ...TINY, lr: 0.01 } as const;
const SIGMA = { ...PLAIN, weight_reparam: 'sigma' } as const;

/** A frame against that of the same weights without u, whose σ is that of the singular values in float64. */
async function expectOwnSigma(session: Session) {
  const weights: Weights = await weightsOf(session);
  const others = new Map([...weights].filter(([name]) => !name.endsWith('.u')));
  expect(others.size).toBeLessThan(weights.size);
  const frame = await measured(session);
  const { site, loss } = referenceFrame(session.config, others, nested(frame));
  expect(frame.loss / loss).toBeCloseTo(1, 5);
  session.report.layout.sites.forEach((name, i) => {
    expect(frame.site.rms[i]! / site.get(name)!.rms, name).toBeCloseTo(1, 4);
  });
}

describe.each(['wasm', 'cpu'] as const)(
  'σReparam divides by the spectral norm on %s',
  (backend) => {
    beforeAll(() => openNodeBackend(backend));

    test.each(['xavier', 'gpt2', 'orthogonal'] as const)(
      'from the first step (%s)',
      async (init) => {
        await expectOwnSigma(await sessionOf({ ...SIGMA, init }, backend));
      },
    );

    test('with settings that draw some matrices anew at step 0', async () => {
      const session = await sessionOf(SIGMA, backend);
      session.configure(configOf({ ...SIGMA, placement: 'deepnorm', activation: 'swiglu' }), TEXT);
      await expectOwnSigma(session);
    });

    test('where it is turned on in training', async () => {
      const session = await sessionOf(PLAIN, backend);
      for (let step = 0; step < 5; step++) session.update();
      session.configure(configOf(SIGMA), TEXT);
      await expectOwnSigma(session);
      session.configure(configOf(PLAIN), TEXT);
      for (let step = 0; step < 5; step++) session.update();
      session.configure(configOf({ ...SIGMA, activation: 'geglu' }), TEXT);
      await expectOwnSigma(session);
    });

    test('with weights from a file without singular vectors', async () => {
      const trained = await sessionOf({ ...SIGMA, lr: 0.1 }, backend);
      for (let step = 0; step < 5; step++) trained.update();
      const tensors = [...(await weightsOf(trained))]
        .filter(([name]) => !name.endsWith('.u'))
        .map(([name, { shape, data }]) => ({ name, shape, data }));
      const session = createSession(configOf(SIGMA), TEXT);
      session.loadWeights(encodeSafetensors(tensors, {}));
      await expectOwnSigma(session);
    });

    test('and stays where the weights do, probed or not', async () => {
      const session = await sessionOf({ ...SIGMA, lr: 0 }, backend);
      const first = await measured(session);
      const u = 'blocks.0.attn.wq.u';
      const before = (await weightsOf(session)).get(u);
      expect([...(await measured(session)).site.rms]).toEqual([...first.site.rms]);
      expect((await weightsOf(session)).get(u)).toEqual(before);
      for (let step = 0; step < 20; step++) session.update();
      await expectOwnSigma(session);
    });
  },
);
