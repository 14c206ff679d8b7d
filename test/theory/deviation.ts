import type { Config } from '../../src/config/fields';
import { parseSite, type SiteName } from '../../src/config/sites';
import { predict } from '../../src/theory/predict';
import { averaged, mean, underSeeds, type Measurement } from '../engine/theorySupport';
import { configOf } from '../engine/support';
import type { Given } from '../../src/theory/input';

/** The quantities that are compared, each with whether its values are told apart by their quotient. */
const COMPARED = {
  'resid_post/rms': 'quotient',
  'resid_post/token_cosine': 'difference',
  'resid_post/grad_rms': 'quotient',
  'mlp.w_out/param_grad_rms': 'quotient',
  'attn.wv/param_grad_rms': 'quotient',
  'attn.wq/param_grad_rms': 'quotient',
  'attn/entropy': 'difference',
} as const;
export type Compared = keyof typeof COMPARED;

/** A quantity by layer as one frame has it. */
function read({ frame, at, param, params }: Measurement, name: Compared): number[] {
  const [place, statistic] = name.split('/') as [string, string];
  if (place === 'attn') {
    const { entropy } = frame.head;
    const heads = frame.head.entropy.length;
    const L = new Set(params.map((p) => /^blocks\.(\d+)/.exec(p)?.[1]).filter(Boolean)).size;
    const H = heads / L;
    return Array.from({ length: L }, (_, l) => mean([...entropy.slice(l * H, (l + 1) * H)]));
  }
  if (statistic === 'param_grad_rms') {
    return params
      .filter((name) => name.startsWith('blocks.') && name.endsWith(`.${place}`))
      .map((name) => param(name, 'param_grad_rms'));
  }
  const L = new Set(params.map((p) => /^blocks\.(\d+)/.exec(p)?.[1]).filter(Boolean)).size;
  return Array.from({ length: L }, (_, l) =>
    at(`blocks.${l}.${place}` as SiteName, statistic as 'rms'),
  );
}

/** By how much the engine is off the theory at most in any layer, mean over seeds: by quantity, of those that are predicted. */
export async function deviations(
  settings: Partial<Config>,
  seeds = 4,
  given: (seed: number) => Given | null = () => null,
): Promise<Partial<Record<Compared, number>>> {
  const runs = await underSeeds(seeds, settings);
  const predictions = runs.map((_, seed) => predict(configOf({ ...settings, seed }), given(seed)));
  const found: Partial<Record<Compared, number>> = {};
  for (const [name, kind] of Object.entries(COMPARED) as [Compared, string][]) {
    if (!(name in predictions[0]!.quantities)) continue;
    const measured = averaged(runs, (run) => read(run, name));
    const wanted = measured.map((_, l) =>
      mean(predictions.map(({ quantities }) => quantities[name]![l]!)),
    );
    if (process.env.SHOW?.split(',').includes(name)) {
      console.log(
        name,
        measured.map((x, l) => `${x.toPrecision(3)}/${wanted[l]!.toPrecision(3)}`).join(' '),
      );
    }
    found[name] = Math.max(
      ...measured.map((value, l) =>
        kind === 'quotient'
          ? value === wanted[l]
            ? 0
            : Math.abs(Math.log(value / wanted[l]!))
          : Math.abs(value - wanted[l]!),
      ),
    );
  }
  return found;
}

export { parseSite };
