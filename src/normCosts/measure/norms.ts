import * as tf from '@tensorflow/tfjs-core';
import { releaseUnusedMemory } from '../../kernels/webgpu/unusedMemory';
import { quartiles, type Spread } from '../../lib/quartiles';
import { norms } from '../../model/norms';
import { sizeOf } from '../../lib/shapes';
import type { CostSize, NormCost, PassCost, VariantCost } from '../protocol';
import { normWork, VARIANTS, type Pass, type Variant, type WorkingNorm } from '../work';
import { chained, drawn, isFused, passesOf, subjectOf } from './passes';
import { timeInTurns, type Job } from './stopwatch';

/**
 * Times a norm as training uses it: forward; forward with backward, from which the former is taken away; and
 * both with the residual sum before it. In turns, so that the numbers can be compared.
 */
export async function timeNorm(asked: CostSize & { norm: WorkingNorm }): Promise<NormCost> {
  const { norm, ...size } = asked;
  const subject = subjectOf(norm, size);
  const held = drawn(size);
  const named = { ...subject.learned, ...subject.buffers };
  const passes = passesOf(subject);
  const jobs: Job[] = [];
  try {
    const variants = VARIANTS.filter((id) => id !== 'fused' || isFused(subject, held));
    for (const id of variants) {
      const { forward, both } = passes[id];
      for (const pass of [forward, both]) jobs.push(chained(pass, held, named));
    }
    const spreads = (await timeInTurns(jobs)).map(quartiles);
    const numbers = numbersOf(norm, size);
    const costOf = (variant: Variant): VariantCost => {
      const at = 2 * variants.indexOf(variant);
      const [forward, both] = [spreads[at]!, spreads[at + 1]!];
      const cost = (pass: Pass, ms: Spread): PassCost => ({
        ms,
        ...normWork(norm, variant, pass, [size.tokens, size.features], numbers),
      });
      return {
        forward: cost('forward', forward),
        backward: cost('backward', beyond(both, forward)),
        bothMs: both,
      };
    };
    const fused = variants.includes('fused') ? costOf('fused') : null;
    return { norm, variants: { alone: costOf('alone'), added: costOf('added'), fused } };
  } finally {
    jobs.forEach((job) => job.dispose());
    tf.dispose([...Object.values(held), ...Object.values(named)]);
    releaseUnusedMemory();
  }
}

/** The time that `a` takes longer than `b`; its ends are as far apart as theirs allow. */
const beyond = (a: Spread, b: Spread): Spread => ({
  low: a.low - b.high,
  median: a.median - b.median,
  high: a.high - b.low,
});

/** Numbers in the tensors of a norm; of two modalities, if it chooses by modality. */
function numbersOf(kind: WorkingNorm, { features }: CostSize) {
  const specs = Object.values(norms[kind].tensors(features, 2));
  const count = (wanted?: 'bias' | 'buffer') =>
    specs.filter((spec) => spec.kind === wanted).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return { weights: count(), biases: count('bias'), buffers: count('buffer') };
}
