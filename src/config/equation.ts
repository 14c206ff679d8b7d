import type { Streams, UpdateOperations } from './update';

/** TeX of a value. */
interface Term {
  tex: string;
  /** It needs parentheses where it is multiplied. */
  isSum?: boolean;
}

const times = (factor: string, term: Term): Term =>
  factor !== '1' ? { tex: `${factor}\\,${term.isSum ? `(${term.tex})` : term.tex}` } : term;

const plus = (a: Term, b: Term): Term => ({ tex: `${a.tex} + ${b.tex}`, isSum: true });

/** A factor in an equation. N: the number of sublayers, or its letter. */
export interface Written {
  tex(N: number | 'N'): string;
}

/** The settings that the equations of a placement follow from. */
interface Definition {
  update<X>(x: X, operations: UpdateOperations<X>): X;
  streams?: Streams;
  normsEmbedding?: boolean;
}

/** The parts that an equation is written with: all that scales a residual update, and its letters. */
export interface Notation {
  /** The factors of stream and branch where they are added. */
  residual: { a: Written; b: Written };
  /** The factor of every norm, written after it. */
  norms: { tex(l: number | 'l'): string };
  /** The number of sublayers, as a number or by its letter. */
  N: number | 'N';
  /** The layer, counted from 0, as a number or by its letter. */
  l: number | 'l';
  /** The sublayer; f is each of them in turn. */
  f: string;
  /** The sublayers read one stream, and all of them are added to it. */
  isParallel: boolean;
}

const TARGET = String.raw`\leftarrow`;
const N_OUT = String.raw`\mathrm{N}_{out}`;
const NORM = String.raw`\mathrm{N}`;

/** The equations of a placement, found by letting its definition act on TeX: those of x first. */
export function equationsOf(
  { update, streams, normsEmbedding }: Definition,
  { residual, norms, N, l, f, isParallel }: Notation,
): { update: string; before: string[]; after: string[] } {
  const call = (name: string, { tex }: Term): Term => ({ tex: `${name}(${tex})` });
  const scaledNorm = (name: string) => (x: Term) => ({
    tex: call(name, x).tex + norms.tex(l),
  });
  let added: Term = { tex: '' };
  const x = { tex: 'x' };
  const updated = update<Term>(x, {
    f: (x) => call(f, x),
    norm: scaledNorm(NORM),
    norm_out: scaledNorm(N_OUT),
    amplify: (x) => times(String.raw`\alpha`, x),
    add(stream, branch) {
      const each = times(residual.b.tex(N), branch);
      added = isParallel ? { tex: String.raw`\textstyle\sum_f ${each.tex}` } : each;
      const a = residual.a.tex(N);
      return a === '0' ? added : plus(times(a, stream), added);
    },
  });
  const old = Object.fromEntries(
    Object.keys(streams?.enter(x) ?? {}).map((name): [string, Term] => [name, { tex: name }]),
  );
  const others = Object.entries(streams?.write(old, { x: updated, added }, { plus }) ?? {}).filter(
    ([name]) => name !== 'x',
  );
  const left = streams?.leave(old, { plus, norm: (x) => call(NORM, x) });
  return {
    before: normsEmbedding ? [`x_0 ${TARGET} ${NORM}(x_0)`] : [],
    update: `x ${TARGET} ${updated.tex}`,
    after: [
      ...others.map(([name, { tex }]) => `${name} ${TARGET} ${tex}`),
      ...(left ? [`y = ${left.tex}`] : []),
    ],
  };
}

/** As papers write it: by letters, without scales. */
export const PLAIN: Notation = {
  residual: { a: { tex: () => '1' }, b: { tex: () => '1' } },
  norms: { tex: () => '' },
  N: 'N',
  l: 'l',
  f: 'f',
  isParallel: false,
};
