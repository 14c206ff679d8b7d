import { describe, expect, test } from 'vitest';
import { CHOICES } from '../../src/config/choices';
import type { Config } from '../../src/config/fields';
import { blockSite, isInFormat, parseSite, type BlockSite } from '../../src/config/sites';
import type { Session } from '../../src/engine/session';
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

const BELOW_FP32 = (Object.keys(CHOICES.precision) as Config['precision'][]).filter(
  (id) => id !== 'fp32',
) as EmulatedFormat[];
const POLICIES = Object.keys(CHOICES.precision_policy) as Config['precision_policy'][];

/** RMS and losses at the sites of the first block, and whether the loss is finite at this step and the next. */
async function first(settings: Partial<Config>) {
  const session = await sessionOf({ ...NOISE, ...settings });
  const { site, loss } = await measured(session, true);
  const { sites } = session.report.layout;
  const next = await measured(session, true);
  session.dispose();
  return {
    at(name: BlockSite) {
      const i = sites.indexOf(blockSite(0, name));
      return { rms: site.rms[i]!, underflow: site.underflow[i]!, overflow: site.overflow[i]! };
    },
    isFinite: Number.isFinite(loss) && Number.isFinite(next.loss),
  };
}

/** What the first sublayer reads. */
async function readByAttention(settings: Partial<Config>) {
  const { at, isFinite } = await first(settings);
  return { ...at('attn_in'), isFinite };
}

describe('a norm that is rounded, every operation of it', () => {
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

describe('under autocast', () => {
  const autocast = { precision_policy: 'autocast' } as const;

  test.each(BELOW_FP32)(
    '%s leaves norms as they are, however small or large x is',
    async (precision) => {
      for (const settings of [
        { embed_std: 1e-5, norm_eps: 1e-8 },
        { embed_std: 24, d_model: 256 },
        { embed_std: 300, norm: 'rmsnorm' },
      ] as const) {
        const fp32 = await readByAttention(settings);
        const { rms, isFinite, ...lost } = await readByAttention({
          ...{ ...autocast, ...settings },
          precision,
        });
        expect(rms / fp32.rms).toBeCloseTo(1, 6);
        expect({ isFinite, ...lost }).toEqual({ isFinite: true, underflow: 0, overflow: 0 });
      }
    },
  );

  const bare = { ...autocast, placement: 'none' } as const;

  test('an operand too small for fp16 is 0 in its product, and stays in the stream', async () => {
    const { at } = await first({ ...bare, precision: 'fp16', embed_std: 1e-9 });
    expect(at('attn.q')).toEqual({
      rms: 0,
      underflow: TINY.batch_size * TINY.seq_len * TINY.d_model,
      overflow: 0,
    });
    expect(at('resid_post').rms).toBe(at('resid_pre').rms);
    expect(at('resid_post').rms).toBeGreaterThan(0);
  });

  test('a score beyond 65504 is infinite in fp16, which a norm prevents', async () => {
    const settings = { embed_std: 300, ...autocast } as const;
    const { at, isFinite } = await first({ ...settings, ...bare, precision: 'fp16' });
    expect(at('attn.q').overflow).toBe(0);
    expect(at('attn.scores').overflow).toBeGreaterThan(0);
    expect(isFinite).toBe(false);
    expect((await first({ ...settings, ...bare, precision: 'bf16' })).isFinite).toBe(true);
    expect((await first({ ...settings, precision: 'fp16' })).isFinite).toBe(true);
  });

  test('an operand beyond 448 is no number in e4m3, though the stream holds it', async () => {
    const { at, isFinite } = await first({ ...bare, precision: 'fp8_e4m3', embed_std: 300 });
    expect(at('attn_in')).toMatchObject({ overflow: 0, rms: expect.closeTo(279, 0) as number });
    expect(at('attn.q').overflow).toBeGreaterThan(0);
    expect(isFinite).toBe(false);
  });

  test.each(BELOW_FP32)(
    'weights that %s makes 0 are counted at the embedding, those of products alone',
    async (precision) => {
      const session = await sessionOf({
        ...TINY,
        ...autocast,
        precision,
        init: 'gpt2',
        init_gain: 0.01,
      });
      const weights = await weightsOf(session);
      const { site } = await measured(session);
      session.dispose();
      const lost = [...weights]
        .filter(([name]) => /\.w[qkvo]$|\.w_(in|out)$|^unembed$/.test(name))
        .flatMap(([, { data }]) => [...data])
        .filter((w) => w !== 0 && roundTo(precision, w) === 0).length;
      expect(site.underflow[0]).toBe(lost);
      expect(lost > 0).toBe(precision !== 'bf16');
    },
  );
});

test.each(
  BELOW_FP32.flatMap((precision) =>
    POLICIES.map((precision_policy) => ({ precision, precision_policy })),
  ),
)(
  'the numbers at a site of $precision $precision_policy are in the format where they are said to be',
  async (precise) => {
    for (const more of [
      {},
      { attn_softcap: 3, positions: 'rope' },
      { logit_softcap: 3, placement: 'peri' },
    ] as const) {
      const session = await sessionOf({ ...TINY, ...more, ...precise });
      const { config, report } = session;
      const { site } = await measured(session);
      session.dispose();
      // The largest number of a site is one of its numbers.
      const others = report.layout.sites.filter(
        (_, i) => site.absmax[i]! !== roundTo(precise.precision, site.absmax[i]!),
      );
      expect(others.filter((name) => isInFormat(parseSite(name).kind, config))).toEqual([]);
      const stream = others.filter((name) => parseSite(name).kind === 'resid_post');
      expect(stream).toHaveLength(precise.precision_policy === 'autocast' ? TINY.n_layers : 0);
    }
  },
);

test.each(POLICIES)(
  'counts are those of the pass alone, %s: what nobody counted before is forgotten',
  async (precision_policy) => {
    const settings = { ...TINY, precision: 'fp8_e4m3', precision_policy } as const;
    const losses = async (before: (session: Session) => Promise<unknown>) => {
      const session = await sessionOf(settings);
      await before(session);
      const { underflow, grad_underflow } = (await measured(session)).site;
      session.dispose();
      return { underflow, grad_underflow };
    };
    const alone = await losses(() => Promise.resolve());
    expect(Math.max(...alone.underflow, ...alone.grad_underflow)).toBeGreaterThan(0);
    expect(await losses((session) => session.evaluate())).toEqual(alone);
  },
);

test('bf16 absorbs a branch of 1e-6 in a sum that is rounded to it, and in no other', async () => {
  const settings = { ...NOISE, residual_scale: 'layerscale', n_layers: 30 } as const;
  const moved = async (
    precision: Config['precision'],
    precision_policy: Config['precision_policy'] = 'every_op',
  ) => {
    const session = await sessionOf({ ...settings, precision, precision_policy });
    const { layout } = session.report;
    const { rms } = (await measured(session)).site;
    const at = (name: string) => rms[layout.sites.indexOf(name as 'embed')]!;
    session.dispose();
    return at('blocks.29.resid_post') - at('embed');
  };
  expect(await moved('bf16')).toBe(0);
  expect(await moved('fp32')).not.toBe(0);
  expect(await moved('bf16', 'autocast')).not.toBe(0);
});

describe.each(POLICIES)('loss scaling, %s', (precision_policy) => {
  /** Small gradients: a large batch of a mean, at an output that is small. */
  const settings = {
    ...TINY,
    precision: 'fp16',
    precision_policy,
    batch_size: 64,
    init: 'gpt2',
  } as const;

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
      precision_policy,
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
        precision_policy,
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
