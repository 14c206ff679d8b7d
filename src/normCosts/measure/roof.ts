import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { releaseUnusedMemory } from '../../kernels/webgpu/unusedMemory';
import { sizeOf } from '../../lib/shapes';
import type { CostSize, Roof } from '../protocol';
import { perSecond } from '../work';
import { isHere, linksOf, medianOf } from './stopwatch';

/** Numbers in each tensor of the large sum: beyond the caches of processors, and of graphics cards. */
const FAR = { here: 2 ** 22, elsewhere: 2 ** 24 };
/** Rows of the large product at first and at most, and the time from which on it is long enough, in ms. */
const ROWS = { from: 256, to: 2048, ms: 10 };

const operands = (shape: number[]) => ({ a: tf.fill(shape, 0.5), b: tf.fill(shape, 0.25) });

/** Bytes a second of a sum of two tensors, as in STREAM (McCalpin 1995): two are read, one is written. */
async function bandwidthOf(shape: number[], links: number): Promise<number> {
  const { a, b } = operands(shape);
  const sums = (take: (name: string, result: Tensor) => void) => {
    let sum: Tensor = a;
    for (let link = 0; link < links; link++) sum = tf.add(sum, b);
    take('sum', sum);
  };
  return perSecond(3 * 4 * sizeOf(shape), await medianOf({ a, b }, sums, links));
}

/** Operations a second of products of larger and larger matrices, until one takes long enough. */
async function peakOf(): Promise<Pick<Roof, 'peak' | 'rows'>> {
  for (let rows = ROWS.from; ; rows *= 2) {
    const { a, b } = operands([rows, rows]);
    const ms = await medianOf({ a, b }, (take) => take('product', tf.matMul(a, b)), 1);
    if (ms >= ROWS.ms || rows === ROWS.to) return { peak: perSecond(2 * rows ** 3, ms), rows };
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

/** The limits of the device: memory near and far, and computing. */
export async function measureRoof(size: CostSize): Promise<Roof> {
  const numbers = isHere() ? FAR.here : FAR.elsewhere;
  try {
    const far = await bandwidthOf([numbers / 1024, 1024], 1);
    const near = await nearBandwidth(size, far, numbers);
    return { near, far, ...(await peakOf()), farBytes: 3 * 4 * numbers };
  } finally {
    releaseUnusedMemory();
  }
}
