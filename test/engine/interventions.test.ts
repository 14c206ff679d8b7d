import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import type { SiteName } from '../../src/config/sites';
import { measured, sessionOf, TINY, weightsOf } from './support';

async function frameOf(settings: Partial<Config>, step = 0) {
  const session = await sessionOf({ ...TINY, ...settings });
  while (session.step < step) await measured(session, true);
  const frame = await measured(session);
  const { layout } = session.report;
  session.dispose();
  const at = (name: string) => layout.sites.indexOf(name as SiteName);
  return { ...frame, layout, at };
}

describe('an intervention', () => {
  test('scales what a branch adds, at its layers alone', async () => {
    const plain = await frameOf({});
    const scaled = await frameOf({ interventions: '1:scale.mlp=0.25' });
    const rms = ({ site, at }: typeof plain, name: string) => site.rms[at(name)]!;
    expect(rms(scaled, 'blocks.1.mlp_add')).toBeCloseTo(rms(plain, 'blocks.1.mlp_add') / 4, 5);
    expect(rms(scaled, 'blocks.1.mlp_out')).toBe(rms(plain, 'blocks.1.mlp_out'));
    expect(rms(scaled, 'blocks.0.resid_post')).toBe(rms(plain, 'blocks.0.resid_post'));
  });

  test('silences a head: it gives nothing, and nothing flows back to its queries and values', async () => {
    const silenced = await frameOf({ interventions: '0:silence=0,0:silence=1', bias: false });
    const { site, at, param, layout } = silenced;
    expect(site.rms[at('blocks.0.attn_out')]).toBe(0);
    const gradient = (name: string) => param.param_grad_rms[layout.params.indexOf(name)]!;
    expect(gradient('blocks.0.attn.wv')).toBe(0);
    expect(gradient('blocks.0.attn.wq')).toBe(0);
    expect(gradient('blocks.1.attn.wv')).toBeGreaterThan(0);
    const one = await frameOf({ interventions: '0:silence=1', bias: false });
    expect(one.site.rms[at('blocks.0.attn_out')]).toBeGreaterThan(0);
    expect(one.head.entropy[1]).toBe((await frameOf({ bias: false })).head.entropy[1]);
  });

  test('adds noise of the size that is set, the same in every run of a seed', async () => {
    const settings = { d_model: 64, seq_len: 32, interventions: '0:noise.resid_pre=2' };
    const plain = await frameOf({ ...settings, interventions: '' });
    const noisy = await frameOf(settings);
    const square = ({ site, at }: typeof plain) => site.rms[at('blocks.0.resid_pre')]! ** 2;
    expect(square(noisy) - square(plain)).toBeCloseTo(4, 0);
    expect((await frameOf(settings)).loss).toBe(noisy.loss);
    expect((await frameOf({ ...settings, seed: 1 })).loss).not.toBe(noisy.loss);
  });

  test('freezes a sublayer: its weights stay, its gradients are still shown', async () => {
    const session = await sessionOf({ ...TINY, interventions: '0-1:freeze.mlp@0-2' });
    const before = await weightsOf(session);
    const frames = [await measured(session, true), await measured(session, true)];
    const held = await weightsOf(session);
    const { params } = session.report.layout;
    for (const [name, { data }] of held) {
      const isHeld = /^blocks\.\d+\.mlp\./.test(name);
      if (isHeld) expect([name, data]).toEqual([name, before.get(name)!.data]);
    }
    expect(held.get('blocks.0.attn.wq')!.data).not.toEqual(before.get('blocks.0.attn.wq')!.data);
    const at = params.indexOf('blocks.0.mlp.w_in');
    expect(frames[0]!.param.param_grad_rms[at]).toBeGreaterThan(0);
    expect(frames[0]!.param.update_ratio[at]).toBe(0);
    for (let step = 2; step < 5; step++) await measured(session, true);
    const free = await weightsOf(session);
    expect(free.get('blocks.0.mlp.w_in')!.data).not.toEqual(held.get('blocks.0.mlp.w_in')!.data);
    session.dispose();
  });

  test('begins and ends at its steps, both included', async () => {
    const settings = { lr: 0, interventions: '0:scale.attn=0@1-2' };
    for (const [step, isOn] of [false, true, true, false].entries()) {
      const { site, at } = await frameOf(settings, step);
      expect([step, site.rms[at('blocks.0.attn_add')] === 0]).toEqual([step, isOn]);
    }
  });
});
