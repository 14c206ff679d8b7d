import { expect } from 'vitest';
import type { Config } from '../../src/config/fields';
import { mapValues } from '../../src/lib/objects';
import { compared, type Apart, type Compared } from './deviation';

/** The most by which a mean over four seeds may be off, beside twice its own standard error (docs/theory.md). */
export const TOLERANCES: Record<Compared, number> = {
  'resid_post/rms': 0.04,
  'resid_post/token_cosine': 0.05,
  'resid_post/grad_rms': 0.08,
  'mlp.w_out/param_grad_rms': 0.15,
  'attn.wv/param_grad_rms': 0.18,
  'attn.wq/param_grad_rms': 0.3,
  'attn/entropy': 0.02,
  loss: 0.1,
};

/** Under cross-entropy the gradient of a matrix hangs on the few logits of the batch. */
const toleranceOf = (name: Compared, { task }: Partial<Config>): number =>
  task !== 'gaussian' && name.endsWith('param_grad_rms') ? 0.3 : TOLERANCES[name];

/** Compares theory and engine under drawn settings, layer by layer. */
export async function expectWithin(settings: Partial<Config>) {
  const found = await compared(settings);
  if (process.env.SHOW) {
    const worst = (layers: Apart[]) => Math.max(...layers.map(({ by }) => by)).toFixed(3);
    console.log(mapValues(found as Record<string, Apart[]>, worst));
  }
  for (const [name, layers] of Object.entries(found)) {
    const tolerance = toleranceOf(name as Compared, settings);
    layers.forEach(({ by, error }, layer) => {
      const told = `${name} of layer ${layer}: ${by.toFixed(3)}, ± ${error.toFixed(3)}`;
      expect(by, told).toBeLessThan(tolerance + 2 * error);
    });
  }
}

export const named = (settings: Partial<Config>): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join('&');
