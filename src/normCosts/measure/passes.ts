import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { complete } from '../../config/check';
import { modalitiesOf } from '../../config/fields';
import { addRowNorm } from '../../kernels/operations/norms/addRowNorm';
import type { Params } from '../../model/context';
import { norm, norms } from '../../model/norms';
import type { CostSize } from '../protocol';
import type { Variant, WorkingNorm } from '../work';
import { linksOf, prepare, type Job, type Take } from './stopwatch';

const HELD = ['x', 'added', 'dy', 'dtotal'] as const;
/** Input of the passes: x and what is added to it; the gradients of the result and of the sum. */
export type Held = Record<(typeof HELD)[number], Tensor>;

export const drawn = ({ tokens, features }: CostSize): Held =>
  Object.fromEntries(
    HELD.map((name, i) => [name, tf.randomNormal([1, tokens, features], 0, 1, 'float32', i + 1)]),
  ) as Held;

export interface Subject {
  kind: WorkingNorm;
  learned: Params;
  buffers: Params;
  eps: number;
  apply(x: Tensor, take: Take): Tensor;
}

const NAME = 'norm';

/** A norm as the model has it, of N tokens in one sequence; adaptive norms meet two modalities. */
export function subjectOf(kind: WorkingNorm, { tokens, features }: CostSize): Subject {
  const { config: base } = complete({ task: 'two_modality', norm: kind });
  const config = { ...base, seq_len: tokens, d_model: features };
  const learned: Params = {};
  const buffers: Params = {};
  const specs = norms[kind].tensors(features, modalitiesOf(config));
  for (const [part, { shape, value, kind }] of Object.entries(specs)) {
    const of = kind === 'buffer' ? buffers : learned;
    of[`${NAME}.${part}`] = tf.keep(tf.fill(shape, value));
  }
  const context = { config, params: learned, buffers, training: true, observe: () => {} };
  return {
    kind,
    learned,
    buffers,
    eps: config.norm_eps,
    apply: (x, take) => norm(NAME, kind, x, { ...context, renew: take }),
  };
}

/** The result of a link in a chain of passes, which is the input of the next. */
interface Link {
  y: Tensor;
  dx?: Tensor;
}
export type Pass = (at: Held, take: Take) => Link;

const takeGradients = (gradients: Tensor[], take: Take) =>
  gradients.forEach((gradient, i) => take(`gradient.${i}`, gradient));

/** y of x, and the gradients of x and of all that is learned. */
function differentiated({ apply, learned }: Subject, x: Tensor, dy: Tensor, take: Take) {
  const of = [x, ...Object.values(learned)];
  const { value: y, grads } = tf.engine().gradients(() => apply(x, take), of, dy);
  const [dx, ...rest] = grads as [Tensor, ...Tensor[]];
  takeGradients(rest, take);
  return { y, dx };
}

function sumOf({ x, added }: Held, take: Take): Tensor {
  const total = tf.add(x, added);
  take('total', total);
  return total;
}

/** Sum and norm in one kernel; null where the backend that is set has none for this norm. */
function fused({ kind, learned, eps }: Subject, { x, added }: Held) {
  const row = norms[kind].row?.(x.shape.at(-1)!);
  const { [`${NAME}.gain`]: gain, [`${NAME}.bias`]: bias = null } = learned;
  return row ? addRowNorm(x, added, gain!, bias, { ...row, eps }) : null;
}

export const isFused = (subject: Subject, held: Held): boolean =>
  tf.tidy(() => fused(subject, held) !== null);

function takenFused(subject: Subject, at: Held, take: Take) {
  const made = fused(subject, at)!;
  take('total', made.total);
  return made;
}

/** The passes that are timed: forward, and forward with backward. */
export const passesOf = (subject: Subject): Record<Variant, { forward: Pass; both: Pass }> => ({
  alone: {
    forward: ({ x }, take) => ({ y: subject.apply(x, take) }),
    both: ({ x, dy }, take) => differentiated(subject, x, dy, take),
  },
  added: {
    forward: (at, take) => ({ y: subject.apply(sumOf(at, take), take) }),
    both(at, take) {
      const { y, dx } = differentiated(subject, sumOf(at, take), at.dy, take);
      return { y, dx: tf.add(dx, at.dtotal) };
    },
  },
  fused: {
    forward: (at, take) => ({ y: takenFused(subject, at, take).y }),
    both(at, take) {
      const { y, gradient } = takenFused(subject, at, take);
      const [dx, ...rest] = gradient(at.dy, at.dtotal) as [Tensor, ...Tensor[]];
      takeGradients(rest, take);
      return { y, dx };
    },
  },
});

/** A pass so many times over, each on the results of the one before, so that none can be left out. */
export function chained(pass: Pass, held: Held, named: Params): Job {
  const links = linksOf();
  const run = (take: Take) => {
    let at = held;
    for (let link = 0; link < links; link++) {
      const { y, dx } = pass(at, (name, result) => take(`${link}.${name}`, result));
      at = { ...at, x: y, dy: dx ?? at.dy };
    }
    take('y', at.x);
    if (at.dy !== held.dy) take('dx', at.dy);
  };
  return prepare({ ...held, ...named }, run, links);
}
