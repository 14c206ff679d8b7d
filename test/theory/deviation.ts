import type { Config } from '../../src/config/fields';
import { blockSite, type BlockSite } from '../../src/config/sites';
import { makeTask } from '../../src/tasks';
import type { Given } from '../../src/theory/input';
import { predict } from '../../src/theory/predict';
import { configOf, TEXT } from '../engine/support';
import { averaged, mean, underSeeds, type Measurement } from '../engine/theorySupport';

/** The quantities that are compared, and by which two numbers of each are told apart. */
const COMPARED = {
  'resid_post/rms': 'quotient',
  'resid_post/token_cosine': 'difference',
  'resid_post/grad_rms': 'quotient',
  'mlp.w_out/param_grad_rms': 'quotient',
  'attn.wv/param_grad_rms': 'quotient',
  'attn.wq/param_grad_rms': 'quotient',
  'attn/entropy': 'difference',
  loss: 'difference',
} as const;
export type Compared = keyof typeof COMPARED;
export type Deviations = Partial<Record<Compared, number>>;

const APART = {
  quotient: (a: number, b: number) => (a === b ? 0 : Math.abs(Math.log(a / b))),
  difference: (a: number, b: number) => Math.abs(a - b),
};

/** A quantity by layer as one frame has it. */
export function read({ frame, at, param }: Measurement, name: Compared, L: number): number[] {
  if (name === 'loss') return [frame.loss];
  const [place, statistic] = name.split('/') as [string, 'rms' | 'param_grad_rms' | 'entropy'];
  return Array.from({ length: L }, (_, l) => {
    if (statistic === 'param_grad_rms') return param(`blocks.${l}.${place}`, statistic);
    if (statistic !== 'entropy') return at(blockSite(l, place as BlockSite), statistic);
    const H = frame.head.entropy.length / L;
    return mean([...frame.head.entropy.slice(l * H, (l + 1) * H)]);
  });
}

/** The batch of step 0 of a task that has tokens. */
export function givenOf(config: Config): Given | null {
  if (config.task === 'gaussian') return null;
  const task = makeTask(config, TEXT);
  return { batch: task.batch(0), vocabulary: task.vocabulary.length };
}

/**
 * By how much the engine at step 0 is off the theory at most in any layer, both as means over seeds: by quantity, of
 * those that are predicted. Quotients as |ln|.
 */
export async function deviations(
  settings: Partial<Config>,
  seeds = 4,
  given: (config: Config) => Given | null = givenOf,
): Promise<Deviations> {
  const runs = await underSeeds(seeds, settings);
  const configs = runs.map((_, seed) => configOf({ ...settings, seed }));
  const predictions = configs.map((config) => predict(config, given(config)).quantities);
  const compared = Object.entries(COMPARED).filter(([name]) => predictions[0]![name]);
  return Object.fromEntries(
    compared.map(([name, kind]) => {
      const measured = averaged(runs, (run) => read(run, name as Compared, configs[0]!.n_layers));
      const apart = measured.map((value, l) =>
        APART[kind](value, mean(predictions.map((quantities) => quantities[name]![l]!))),
      );
      return [name, Math.max(...apart)];
    }),
  );
}
