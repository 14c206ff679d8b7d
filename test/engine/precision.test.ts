import { describe, expect, test } from 'vitest';
import { CHOICES } from '../../src/config/choices';
import type { Config } from '../../src/config/fields';
import { roundTo, type EmulatedFormat } from '../../src/lib/floats';
import { learningRate } from '../../src/optim/schedule';
import { measured, sessionOf, TINY, weightsOf } from './support';

/** x_0 is iid noise of a size that is set, and a norm reads it first. */
const NOISE = {
  ...TINY,
  task: 'gaussian',
  objective: 'random_projection',
  n_layers: 1,
} as const satisfies Partial<Config>;

const FORMATS = Object.keys(CHOICES.precision) as Config['precision'][];

/** RMS of what the first sublayer reads, its largest loss of digits, and whether the loss is finite. */
async function readByAttention(settings: Partial<Config>) {
  const session = await sessionOf({ ...NOISE, ...settings });
  const frame = await measured(session, true);
  const at = session.report.layout.sites.indexOf('blocks.0.attn_in');
  const next = await measured(session, true);
  session.dispose();
  return {
    rms: frame.site.rms[at]!,
    underflow: frame.site.underflow[at]!,
    overflow: frame.site.overflow[at]!,
    isFinite: Number.isFinite(frame.loss) && Number.isFinite(next.loss),
  };
}

describe('a norm in low precision', () => {
  const tiny = { embed_std: 1e-5, norm_eps: 1e-8 };

  test('fp16 with ε = 1e-8 divides tiny activations by 0: their squares and ε are 0', async () => {
    for (const norm of ['layernorm', 'rmsnorm'] as const) {
      const fp16 = await readByAttention({ ...tiny, norm, precision: 'fp16' });
      expect(fp16.isFinite).toBe(false);
      expect(Number.isFinite(fp16.rms)).toBe(false);
      expect(fp16.underflow).toBeGreaterThan(0);
    }
  });

  test.each(['fp32', 'bf16'] as const)('%s does not', async (precision) => {
    for (const norm of ['layernorm', 'rmsnorm'] as const) {
      const { rms, isFinite } = await readByAttention({ ...tiny, norm, precision });
      expect(isFinite).toBe(true);
      // 1e-5 under a root of 1e-10 + 1e-8: the output is a tenth of unit size.
      expect(rms).toBeCloseTo(Math.sqrt(1e-10 / (1e-10 + 1e-8)), 1);
    }
  });

  test('fp16 with an ε that it holds does not', async () => {
    const { isFinite } = await readByAttention({ ...tiny, norm_eps: 1e-5, precision: 'fp16' });
    expect(isFinite).toBe(true);
  });

  test('fp16 overflows where d · rms² passes 65504, and not before', async () => {
    const d_model = 256; // rms 15.99
    const below = await readByAttention({ d_model, embed_std: 12, precision: 'fp16' });
    expect(below.overflow).toBe(0);
    expect(below.rms).toBeCloseTo(1, 1);
    const above = await readByAttention({ d_model, embed_std: 24, precision: 'fp16' });
    expect(above.overflow).toBeGreaterThan(0);
    // x/√∞: the branch reads zeros.
    expect(above.rms).toBe(0);
    for (const precision of ['fp32', 'bf16'] as const) {
      const { rms } = await readByAttention({ d_model, embed_std: 24, precision });
      expect(rms).toBeCloseTo(1, 1);
    }
  });

  test('fp16 turns 256² into an infinity, and e4m3 anything past 448 into no number', async () => {
    const fp16 = await readByAttention({ d_model: 2, embed_std: 300, precision: 'fp16' });
    expect(fp16.overflow).toBeGreaterThan(0);
    const e4m3 = await readByAttention({ embed_std: 300, precision: 'fp8_e4m3' });
    expect(e4m3.isFinite).toBe(false);
  });
});

test.each(FORMATS.filter((id) => id !== 'fp32'))(
  'every activation of a model in %s is a number of the format',
  async (precision) => {
    const session = await sessionOf({ ...TINY, precision });
    const { site } = await measured(session);
    // The largest number of a site is one of its numbers.
    for (const value of site.absmax) {
      expect(value).toBe(roundTo(precision as EmulatedFormat, value));
    }
    session.dispose();
  },
);

test('bf16 absorbs a branch of 1e-6, and fp32 does not', async () => {
  const settings = { ...NOISE, residual_scale: 'layerscale', n_layers: 30 } as const;
  const moved = async (precision: Config['precision']) => {
    const session = await sessionOf({ ...settings, precision });
    const { layout } = session.report;
    const { rms } = (await measured(session)).site;
    const at = (name: string) => rms[layout.sites.indexOf(name as 'embed')]!;
    session.dispose();
    return at('blocks.29.resid_post') - at('embed');
  };
  expect(await moved('bf16')).toBe(0);
  expect(await moved('fp32')).not.toBe(0);
});

describe('loss scaling', () => {
  /** Small gradients: a large batch of a mean, at an output that is small. */
  const settings = { ...TINY, precision: 'fp16', batch_size: 64, init: 'gpt2' } as const;

  async function backward(loss_scale: number, precision: Config['precision'] = 'fp16') {
    const session = await sessionOf({ ...settings, loss_scale, precision });
    const { site } = await measured(session, true);
    session.dispose();
    const lost = site.grad_underflow.reduce((sum, n) => sum + n, 0);
    return { lost, rms: site.grad_rms[0]! };
  }

  /** Of what is 0 itself, a bias at first, no ratio is defined. */
  const largest = (ratios: Float32Array) => Math.max(...ratios.filter(Number.isFinite));

  test('keeps gradients from becoming 0, and is not seen in what is reported', async () => {
    const plain = await backward(1);
    const scaled = await backward(2 ** 14);
    const exact = await backward(1, 'fp32');
    expect(plain.lost).toBeGreaterThan(10 * scaled.lost);
    const error = ({ rms }: { rms: number }) => Math.abs(rms / exact.rms - 1);
    expect(error(scaled)).toBeLessThan(0.01);
    expect(error(plain)).toBeGreaterThan(error(scaled));
  });

  test('that is dynamic halves where a gradient overflows, makes no update there, and goes on', async () => {
    // The scale begins at 65536, more than fp16 holds, and R is of unit size: the first gradients overflow.
    const session = await sessionOf({
      ...TINY,
      precision: 'fp16',
      objective: 'random_projection',
      lr: 1e-5,
      loss_scale: 0,
    });
    const before = await weightsOf(session);
    const first = await measured(session, true);
    expect(Math.max(...first.site.grad_overflow)).toBeGreaterThan(0);
    expect(largest(first.param.update_ratio)).toBe(0);
    expect(await weightsOf(session)).toEqual(before);
    let taken = 0;
    for (let step = 0; step < 12; step++) {
      const frame = await measured(session, true);
      expect(Number.isFinite(frame.loss)).toBe(true);
      if (largest(frame.param.update_ratio) > 0) taken++;
    }
    expect(taken).toBeGreaterThan(0);
    session.dispose();
  });

  test('is divided out before clipping and the update', async () => {
    const step = async (loss_scale: number) => {
      const session = await sessionOf({
        ...TINY,
        precision: 'bf16',
        optimizer: 'sgd',
        grad_clip: 0.1,
        loss_scale,
      });
      const before = (await weightsOf(session)).get('unembed')!.data;
      await measured(session, true);
      const after = (await weightsOf(session)).get('unembed')!.data;
      expect(learningRate(0, session.config)).toBe(session.config.lr);
      session.dispose();
      return after.map((w, i) => w - before[i]!);
    };
    // bf16 has the range of fp32: a power of two changes no bit.
    expect(await step(2 ** 10)).toEqual(await step(1));
  });
});
