import type { Config } from '../../src/config/fields';
import { blockSite, type BlockSite } from '../../src/config/sites';
import { mapValues } from '../../src/lib/objects';
import { makeTask } from '../../src/tasks';
import type { Given } from '../../src/theory/input';
import { predict, scatterOf, type Quantities } from '../../src/theory/predict';
import { configOf, TEXT } from '../engine/support';
import { mean, underSeeds, type Measurement } from '../engine/theorySupport';

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
function read({ frame, at, param }: Measurement, name: Compared, L: number): number[] {
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
 * A quantity of one layer: by how much the engine's mean over seeds is off the theory, and that mean's own standard
 * error: by the law of its scatter where it has one, else by that of the seeds.
 */
export interface Apart {
  by: number;
  error: number;
}

const standardError = (values: number[]): number => {
  const middle = mean(values);
  const squares = values.reduce((sum, x) => sum + (x - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
};

/** Engine beside theory at step 0, by quantity and layer, of what is predicted. Quotients as |ln|. */
export async function compared(
  settings: Partial<Config>,
  seeds = 4,
  given: (config: Config) => Given | null = givenOf,
): Promise<Partial<Record<Compared, Apart[]>>> {
  const runs = await underSeeds(seeds, settings);
  const configs = runs.map((_, seed) => configOf({ ...settings, seed }));
  const predictions = configs.map((config) => predict(config, given(config)).quantities);
  const scatter: Partial<Quantities> = mapValues(
    scatterOf(configs[0]!, given(configs[0]!)),
    (all) => all.map((x) => x / Math.sqrt(seeds)),
  );
  const names = Object.entries(COMPARED).filter(([name]) => predictions[0]![name]);
  return Object.fromEntries(
    names.map(([name, kind]) => {
      const rows = runs.map((run) => read(run, name as Compared, configs[0]!.n_layers));
      const apart = rows[0]!.map((_, l): Apart => {
        const values = rows.map((row) => row[l]!);
        const measured = mean(values);
        const error = scatter[name]?.[l] ?? standardError(values);
        return {
          by: APART[kind](measured, mean(predictions.map((one) => one[name]![l]!))),
          error: kind === 'difference' || measured === 0 ? error : error / Math.abs(measured),
        };
      });
      return [name, apart];
    }),
  );
}

/** By how much engine and theory are apart at most in any layer, by quantity. */
export async function deviations(
  settings: Partial<Config>,
  seeds = 4,
  given: (config: Config) => Given | null = givenOf,
): Promise<Deviations> {
  const found = await compared(settings, seeds, given);
  return Object.fromEntries(
    Object.entries(found).map(([name, apart]) => [name, Math.max(...apart.map(({ by }) => by))]),
  );
}
