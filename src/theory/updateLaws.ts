import type { Config } from '../config/fields';
import { placements, type PlacementId } from '../config/placements';
import { residualScales } from '../config/scales';

/*
 * A residual update's equation for covariances, and that of its gradient, found by letting the placement's own
 * definition act on TeX. F and N are a sublayer and a norm as they act on a covariance, F* and N* as on a gradient's.
 */

const times = (factor: string, tex: string): string =>
  factor === '1' ? tex : `${factor}\\,${tex}`;

/** The square of a factor in TeX, of which 1 and 0 are their own. */
const squared = (factor: string): string =>
  factor === '1' || factor === '0' ? factor : `(${factor.replace(/\s*\\odot$/, '')})^2`;

const factorsOf = ({ residual_scale }: Config) => {
  const { a, b } = residualScales[residual_scale];
  return { a: squared(a.tex('N')), b: squared(b.tex('N')) };
};

const call = (name: string) => (tex: string) => `\\mathcal ${name}[${tex}]`;

/** K ← … */
export function forwardEquation(placement: PlacementId, config: Config): string {
  const { a, b } = factorsOf(config);
  const updated = placements[placement].update('K', {
    f: call('F'),
    norm: call('N'),
    norm_out: call('N'),
    amplify: (x) => `\\alpha^2 ${x}`,
    add: (x, f) => (a === '0' ? times(b, f) : `${times(a, x)} + ${times(b, f)}`),
  });
  return `K \\leftarrow ${updated}`;
}

/** Takes the gradient that stands at a value to all the ways by which it reaches the stream. */
type Back = (gradient: string) => string[];

/** Γ ← … */
export function backwardEquation(placement: PlacementId, config: Config): string {
  const { a, b } = factorsOf(config);
  const through = (name: string) => (x: Back) => (gradient: string) =>
    x(`\\mathcal ${name}^*[${gradient}]`);
  const ways = placements[placement].update<Back>((gradient) => [gradient], {
    f: through('F'),
    norm: through('N'),
    norm_out: through('N'),
    amplify: (x) => (gradient) => x(`\\alpha^2 ${gradient}`),
    add: (x, f) => (gradient) => [
      ...(a === '0' ? [] : x(times(a, gradient))),
      ...f(times(b, gradient)),
    ],
  });
  return `\\Gamma \\leftarrow ${ways('\\Gamma').join(' + ')}`;
}
