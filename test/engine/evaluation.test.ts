import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import type { SiteName } from '../../src/config/sites';
import { LOGIT_STATISTIC_IDS } from '../../src/config/statistics';
import { unpack } from '../../src/protocol/frame';
import { measured, sessionOf, TINY } from './support';

async function evaluated(settings: Partial<Config>, steps = 0) {
  const session = await sessionOf({ ...TINY, ...settings });
  for (let i = 0; i < steps; i++) await measured(session, true);
  const training = await measured(session);
  const evaluation = await session.evaluate();
  const { layout } = session.report;
  session.dispose();
  const at = (name: string) => layout.sites.indexOf(name as SiteName);
  return { training, evaluation, frame: unpack(layout, evaluation.frame), layout, at };
}
type Evaluated = Awaited<ReturnType<typeof evaluated>>;

const mean = (values: Float32Array) => {
  const finite = values.filter((x) => !Number.isNaN(x));
  return finite.reduce((sum, x) => sum + x, 0) / finite.length;
};

describe('evaluation', () => {
  test('is training again where nothing is dropped and no norm is over the batch', async () => {
    for (const settings of [
      {},
      { placement: 'post', norm: 'rmsnorm', precision: 'bf16' },
    ] as const) {
      const { training, evaluation, frame } = await evaluated(settings);
      expect(evaluation.sameBatch).toBe(true);
      expect(frame.loss).toBe(training.loss);
      expect(frame.site.rms).toEqual(training.site.rms);
      expect(frame.head.entropy).toEqual(training.head.entropy);
      for (const id of LOGIT_STATISTIC_IDS) expect(frame.output[id]).toBe(training.output[id]);
      expect([...frame.site.grad_rms].every(Number.isNaN)).toBe(true);
    }
  });

  test('by position adds up to what is measured over all', async () => {
    const { evaluation, frame, at } = await evaluated({});
    const { position, seq_len: T } = evaluation;
    expect(mean(position.loss)).toBeCloseTo(frame.loss, 4);
    const last = position.rms.slice(T, 2 * T);
    const square = mean(last.map((x) => x * x));
    expect(Math.sqrt(square)).toBeCloseTo(frame.site.rms[at('blocks.1.resid_post')]!, 4);
    expect(position.entropy[0]).toBeNaN();
    const heads = frame.head.entropy.slice(0, 2);
    expect(mean(position.entropy.slice(1, T))).toBeCloseTo(mean(heads), 4);
  });

  test('changes nothing of the run', async () => {
    const losses = async (evaluates: boolean) => {
      const session = await sessionOf({ ...TINY, norm: 'batchnorm', dropout: 0.2 });
      const all: number[] = [];
      for (let i = 0; i < 4; i++) {
        if (evaluates) await session.evaluate();
        all.push((await measured(session, true)).loss);
      }
      session.dispose();
      return all;
    };
    expect(await losses(true)).toEqual(await losses(false));
  });

  test('goes past the trained length where positions go on, on a batch that is not trained on', async () => {
    for (const positions of ['sinusoidal', 'rope', 'alibi', 'none'] as const) {
      const { evaluation, frame, training } = await evaluated({ positions, eval_seq_len: 20 });
      expect(evaluation).toMatchObject({ seq_len: 20, sameBatch: false });
      expect(evaluation.position.loss).toHaveLength(20);
      expect(evaluation.position.rms).toHaveLength(40);
      expect(frame.batch!.T).toBe(20);
      expect(frame.batch!.inputs.slice(0, 8)).not.toEqual(training.batch!.inputs.slice(0, 8));
      expect([...frame.site.rms].every((x) => x > 0)).toBe(true);
    }
    const shorter = await evaluated({ eval_seq_len: 5 });
    expect(shorter.evaluation.position.loss).toHaveLength(5);
  });
});

describe('a norm over the batch', () => {
  const isClose = ({ training, frame }: Evaluated) =>
    Math.abs(frame.loss - training.loss) / training.loss;

  test.each(['batchnorm', 'powernorm'] as const)(
    '%s is another model in evaluation until its running statistics have come up',
    async (norm) => {
      const settings = { norm, lr: 0 };
      const first = await evaluated(settings);
      expect(first.frame.site.rms).not.toEqual(first.training.site.rms);
      const later = await evaluated(settings, 40);
      expect(isClose(later)).toBeLessThan(isClose(first));
      const tid = (of: Evaluated) => mean(of.training.norm.var_tid);
      expect(tid(later)).toBeLessThan(tid(first) / 2);
    },
  );

  test('TID is what its definition says', async () => {
    const { training, layout, at } = await evaluated({ norm: 'batchnorm', n_layers: 1 });
    expect(layout.norms).toEqual(['blocks.0.attn.norm', 'blocks.0.mlp.norm', 'final_norm']);
    // Running statistics begin at mean 0 and variance 1; here the mean square is all there is to compare.
    expect(training.norm.mean_tid[0]).toBeGreaterThan(0);
    expect(training.norm.mean_tid[0]).toBeLessThan(1.5);
    expect(training.site.rms[at('embed')]).toBeGreaterThan(1);
    const plain = await evaluated({});
    expect(plain.layout.norms).toEqual([]);
  });

  test('leaks from a later token to earlier ones in training, and not with running statistics', async () => {
    const { evaluation } = await evaluated({ norm: 'batchnorm' });
    expect(evaluation.leak!.training).toBeGreaterThan(0.01);
    expect(evaluation.leak!.evaluation).toBe(0);
    expect((await evaluated({ norm: 'layernorm' })).evaluation.leak).toBeNull();
    expect((await evaluated({ norm: 'batchnorm', causal: false })).evaluation.leak).toBeNull();
  });
});

describe('dropout', () => {
  test('is the same in every run of a seed, and another at every step', async () => {
    const losses = async (seed: number) => {
      const session = await sessionOf({ ...TINY, seed, lr: 0, dropout: 0.5, batch_size: 1 });
      const all = [await measured(session, true), await measured(session, true)];
      session.dispose();
      return all.map(({ loss }) => loss);
    };
    expect(await losses(0)).toEqual(await losses(0));
    expect(await losses(0)).not.toEqual(await losses(1));
  });

  test('drops the share that it says and keeps the mean square at 1/(1 − p)', async () => {
    const settings = {
      d_model: 64,
      seq_len: 32,
      batch_size: 8,
      n_layers: 1,
      placement: 'none',
    } as const;
    const plain = await evaluated(settings);
    const dropped = await evaluated({ ...settings, dropout: 0.4 });
    const square = ({ training, at }: Evaluated) =>
      training.site.rms[at('blocks.0.resid_pre')]! ** 2;
    expect(square(dropped) / square(plain)).toBeCloseTo(1 / 0.6, 1);
    expect(dropped.frame.loss).toBe(plain.training.loss);
  });

  test('stochastic depth drops whole branches, deeper ones more often', async () => {
    const session = await sessionOf({
      ...TINY,
      n_layers: 4,
      batch_size: 1,
      lr: 0,
      stochastic_depth: 0.8,
    });
    const { sites } = session.report.layout;
    const steps = 60;
    const dropped = new Float64Array(4);
    for (let step = 0; step < steps; step++) {
      const { site } = await measured(session, true);
      for (let l = 0; l < 4; l++) {
        if (site.rms[sites.indexOf(`blocks.${l}.mlp_add`)] === 0) dropped[l]! += 1 / steps;
      }
    }
    session.dispose();
    // Layer l of 1 … 4 is dropped with 0.2 l; four standard deviations of the share are 0.26 at most.
    dropped.forEach((share, l) => expect(Math.abs(share - 0.2 * (l + 1))).toBeLessThan(0.26));
    expect(dropped[3]).toBeGreaterThan(dropped[0]!);
  });
});

describe('two modalities', () => {
  test('differ in the size of their embeddings by modality_scale', async () => {
    const ratio = async (modality_scale: number) => {
      const { training, at } = await evaluated({
        task: 'two_modality',
        positions: 'none',
        d_model: 64,
        modality_scale,
      });
      const { rms_modality_0, rms_modality_1, rms } = training.site;
      const i = at('embed');
      const both = Math.sqrt((rms_modality_0[i]! ** 2 + rms_modality_1[i]! ** 2) / 2);
      expect(both).toBeCloseTo(rms[i]!, 4);
      return rms_modality_1[i]! / rms_modality_0[i]!;
    };
    const one = await ratio(1);
    expect((await ratio(8)) / one).toBeCloseTo(8, 3);
  });
});
