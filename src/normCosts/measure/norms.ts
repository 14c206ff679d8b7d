import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { complete } from '../../config/check';
import { normWork, type Pass, type Variant, type WorkingNorm } from '../work';
import { modalitiesOf } from '../../config/modalities';
import { addRowNorm } from '../../kernels/operations/norms/addRowNorm';
import { releaseUnusedMemory } from '../../kernels/webgpu/unusedMemory';
import { quartiles, type Spread } from '../../lib/quartiles';
import { perSecond } from '../roofline';
import type { Context, Params } from '../../model/context';
import { norm as applyNorm, norms } from '../../model/norms';
import { sizeOf } from '../../model/params';
import { untapped } from '../../model/tap';
import type { CostSize, NormCost, PassCost, Roof, VariantCost } from '../protocol';
import { linksOf, prepare, spreadOf, timeInTurns, type Job, type Take } from './stopwatch';

/** What passes are run on: x and what is added to it; the gradients of the result and of the sum. */
type Held = Record<'x' | 'added' | 'dy' | 'dtotal', Tensor>;
const HELD = ['x', 'added', 'dy', 'dtotal'] as const;

/** A norm with tensors of its own. */
interface Subject {
  kind: WorkingNorm;
  learned: Params;
  buffers: Params;
  eps: number;
  apply(x: Tensor, take: Take): Tensor;
}

const NAME = 'norm';

/** A norm as the model has it, of N tokens in one sequence; adaptive norms meet two modalities. */
function subjectOf(kind: WorkingNorm, { tokens, features }: CostSize): Subject {
  const { config: base } = complete({ task: 'two_modality', norm: kind });
  const config = { ...base, seq_len: tokens, d_model: features };
  const learned: Params = {};
  const buffers: Params = {};
  const specs = norms[kind].tensors(features, modalitiesOf(config));
  for (const [part, { shape, value, kind }] of Object.entries(specs)) {
    const of = kind === 'buffer' ? buffers : learned;
    of[`${NAME}.${part}`] = tf.keep(tf.fill(shape, value));
  }
  return {
    ...{ kind, learned, buffers, eps: config.norm_eps },
    apply(x, take) {
      const ctx: Context = {
        ...{ config, plans: [], params: learned, buffers, training: true, tap: untapped },
        draw: null as unknown as Tensor1D, // nothing is drawn
        renew: take,
        observe: () => {},
      };
      return applyNorm(NAME, kind, x, ctx);
    },
  };
}

/** What goes on to the next link of a chain: each takes the result of the one before it. */
interface Link {
  y: Tensor;
  dx?: Tensor;
}
type OnePass = (at: Held, take: Take) => Link;

/** y of x, and the gradients of x and of all that is learned. */
function differentiated({ apply, learned }: Subject, x: Tensor, dy: Tensor, take: Take) {
  const of = [x, ...Object.values(learned)];
  const { value: y, grads } = tf.engine().gradients(() => apply(x, take), of, dy);
  const [dx, ...rest] = grads as [Tensor, ...Tensor[]];
  rest.forEach((gradient, i) => take(`gradient.${i}`, gradient));
  return { y, dx };
}

/** The passes that are timed: forward, and forward with backward. */
function passesOf(subject: Subject): Record<Variant, { forward: OnePass; both: OnePass }> {
  const { apply, learned, kind, eps } = subject;
  const fused = ({ x, added }: Held, take: Take) => {
    const row = norms[kind].row!(x.shape.at(-1)!);
    const { [`${NAME}.gain`]: gain, [`${NAME}.bias`]: bias } = learned;
    const made = addRowNorm(x, added, gain!, bias ?? null, { ...row, eps })!;
    take('total', made.total);
    return made;
  };
  return {
    alone: {
      forward: ({ x }, take) => ({ y: apply(x, take) }),
      both: ({ x, dy }, take) => differentiated(subject, x, dy, take),
    },
    added: {
      forward({ x, added }, take) {
        const total = tf.add(x, added);
        take('total', total);
        return { y: apply(total, take) };
      },
      both({ x, added, dy, dtotal }, take) {
        const total = tf.add(x, added);
        take('total', total);
        const { y, dx } = differentiated(subject, total, dy, take);
        return { y, dx: tf.add(dx, dtotal) };
      },
    },
    fused: {
      forward: (at, take) => ({ y: fused(at, take).y }),
      both(at, take) {
        const { y, gradient } = fused(at, take);
        const [dx, ...rest] = gradient(at.dy, at.dtotal) as [Tensor, ...Tensor[]];
        rest.forEach((one, i) => take(`gradient.${i}`, one));
        return { y, dx };
      },
    },
  };
}

/** A pass so many times over, each on the results of the one before, so that none can be left out. */
function chained(pass: OnePass, held: Held, named: Record<string, Tensor>): Job {
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

/** Whether one kernel does the sum and this norm on the backend that is set. */
const isFused = ({ kind, learned, eps }: Subject, { x, added }: Held): boolean =>
  norms[kind].row !== undefined &&
  tf.tidy(() => {
    const row = { ...norms[kind].row!(x.shape.at(-1)!), eps };
    return addRowNorm(x, added, learned[`${NAME}.gain`]!, null, row) !== null;
  });

const drawn = ({ tokens, features }: CostSize): Held =>
  Object.fromEntries(
    HELD.map((name, i) => [name, tf.randomNormal([1, tokens, features], 0, 1, 'float32', i + 1)]),
  ) as Held;

const numbersIn = (tensors: readonly { shape: number[] }[]) =>
  tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/**
 * Times a norm as training uses it: forward; forward with backward, from which the former is taken away; and
 * both with the residual sum before it. In turns, so that the numbers can be compared.
 */
export async function timeNorm({
  norm: kind,
  ...size
}: CostSize & { norm: WorkingNorm }): Promise<NormCost> {
  const subject = subjectOf(kind, size);
  const held = drawn(size);
  const named = { ...subject.learned, ...subject.buffers };
  const jobs: Job[] = [];
  try {
    const passes = passesOf(subject);
    const variants: Variant[] = [
      'alone',
      'added',
      ...(isFused(subject, held) ? ['fused' as const] : []),
    ];
    for (const variant of variants) {
      const { forward, both } = passes[variant];
      for (const pass of [forward, both]) jobs.push(chained(pass, held, named));
    }
    const taken = await timeInTurns(jobs);
    const of = (variant: Variant): VariantCost => {
      const at = 2 * variants.indexOf(variant);
      const [forward, both] = [quartiles(taken[at]!), quartiles(taken[at + 1]!)];
      const cost = (pass: Pass, ms: Spread): PassCost => ({
        ms,
        ...normWork(kind, variant, pass, [size.tokens, size.features], numbersOf(kind, size)),
      });
      return {
        forward: cost('forward', forward),
        backward: cost('backward', beyond(both, forward)),
        bothMs: both,
      };
    };
    const fused = variants.includes('fused') ? of('fused') : null;
    return { norm: kind, variants: { alone: of('alone'), added: of('added'), fused } };
  } finally {
    jobs.forEach((job) => job.dispose());
    tf.dispose([...Object.values(held), ...Object.values(named)]);
    releaseUnusedMemory();
  }
}

/** What the one takes longer than the other; its ends are as far apart as theirs allow. */
const beyond = (a: Spread, b: Spread): Spread => ({
  low: a.low - b.high,
  median: a.median - b.median,
  high: a.high - b.low,
});

/** How much there is beside x and y; of a norm that chooses by modality, of two. */
function numbersOf(kind: WorkingNorm, { features }: CostSize) {
  const specs = Object.values(norms[kind].tensors(features, 2));
  return {
    weights: numbersIn(specs.filter((spec) => !spec.kind)),
    biases: numbersIn(specs.filter((spec) => spec.kind === 'bias')),
    buffers: numbersIn(specs.filter((spec) => spec.kind === 'buffer')),
  };
}

/** Numbers in each tensor of the large sum: beyond the caches of processors, and of graphics cards. */
const FAR = { here: 2 ** 22, elsewhere: 2 ** 24 };
/** Rows of the large product at first, and at the most; and how long it should take, in ms. */
const ROWS = { from: 256, to: 2048, ms: 10 };

/** Times a sum of two tensors of these shapes, as STREAM does (McCalpin 1995): two are read, one is written. */
async function bandwidthOf(shape: number[], links: number): Promise<number> {
  const held = { a: tf.fill(shape, 0.5), b: tf.fill(shape, 0.25) };
  const run = (take: Take) => {
    let sum: Tensor = held.a;
    for (let link = 0; link < links; link++) sum = tf.add(sum, held.b);
    take('sum', sum);
  };
  const job = prepare(held, run, links);
  try {
    return perSecond(3 * 4 * sizeOf(shape), (await spreadOf(job)).median);
  } finally {
    job.dispose();
    tf.dispose(held);
  }
}

/** Times products of larger and larger matrices, until one takes long enough to say what can be had. */
async function peakOf(): Promise<Pick<Roof, 'peak' | 'rows'>> {
  for (let rows = ROWS.from; ; rows *= 2) {
    const held = { a: tf.fill([rows, rows], 0.5), b: tf.fill([rows, rows], 0.25) };
    const job = prepare(held, (take) => take('product', tf.matMul(held.a, held.b)), 1);
    try {
      const { median } = await spreadOf(job);
      if (median >= ROWS.ms || rows === ROWS.to)
        return { peak: perSecond(2 * rows ** 3, median), rows };
    } finally {
      job.dispose();
      tf.dispose(held);
    }
  }
}

/**
 * The sum of that many tokens, or of four times as many, and so on up to the large one, whichever is the
 * fastest for each byte: at a small size it is the way into the library that takes the time.
 */
async function nearBandwidth({ tokens, features }: CostSize, far: number, most: number) {
  let best = far;
  for (let rows = tokens; rows * features < most; rows *= 4) {
    best = Math.max(best, await bandwidthOf([1, rows, features], linksOf()));
  }
  return best;
}

/** What the device can do at the most: by memory near and far, and by computing. */
export async function measureRoof(size: CostSize): Promise<Roof> {
  const numbers = ['wasm', 'cpu'].includes(tf.getBackend()) ? FAR.here : FAR.elsewhere;
  try {
    const far = await bandwidthOf([numbers / 1024, 1024], 1);
    const near = await nearBandwidth(size, far, numbers);
    return { near, far, ...(await peakOf()), farBytes: 3 * 4 * numbers };
  } finally {
    releaseUnusedMemory();
  }
}
