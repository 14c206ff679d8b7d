import type { Config } from '../config/fields';
import { fresh, type Field } from './field';
import { mean, rowAt, sizeOf, symmetric } from './matrix';
import type { Tokens } from './tokens';

/** Mean over the angles of a head of cos((t − u) θ_i): what RoPE leaves of the product of two tokens. */
function turns(T: number, { d_model, n_heads }: Config): number[] {
  const d = d_model / n_heads;
  const angles = Array.from({ length: d / 2 }, (_, i) => 10000 ** ((-2 * i) / d));
  return Array.from({ length: T }, (_, lag) => mean(angles.map((angle) => Math.cos(lag * angle))));
}

/** Queries or keys turned by their positions (Su et al. 2021, eq. 34): their covariance falls with distance. */
export function turned({ second }: Field, { T }: Tokens, config: Config): Field {
  const N = sizeOf(second);
  const left = turns(T, config);
  return fresh(symmetric(N, (s, t) => second[rowAt(s) + t]! * left[Math.abs((s % T) - (t % T))]!));
}

/** Sines and cosines of positions (Vaswani et al. 2017, section 3.5), [T][D] */
export const sinusoids = (T: number, D: number): number[][] =>
  Array.from({ length: T }, (_, t) =>
    Array.from({ length: D }, (_, j) => {
      const angle = t / 10000 ** ((j - (j % 2)) / D);
      return j % 2 ? Math.cos(angle) : Math.sin(angle);
    }),
  );
