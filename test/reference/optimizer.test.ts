import { describe, expect, test } from 'vitest';
import {
  learningRate,
  referenceUpdate,
  type OptimizerState,
  type RefConfig,
  type Weights,
} from './index';

const weights: Weights = new Map([
  ['blocks.0.attn.wq', { shape: [1, 2], data: [3, 4] }],
  ['blocks.0.attn.bq', { shape: [2], data: [0, 0] }],
  ['blocks.0.attn.norm.running_mean', { shape: [2], data: [1, 1] }],
]);
const grads = new Map([
  ['blocks.0.attn.wq', Float64Array.of(0.6, -0.8)],
  ['blocks.0.attn.bq', Float64Array.of(0, 2)],
]);
/** The matrix after the given number of updates with the same gradients. */
function after(config: RefConfig, updates: number, given = grads) {
  let current = weights;
  let state: OptimizerState = new Map();
  let last = referenceUpdate(config, current, given, state, 0);
  for (let n = 0; n < updates; n++) {
    last = referenceUpdate(config, current, given, state, n);
    ({ weights: current, state } = last);
  }
  return { ...last, matrix: Array.from(last.weights.get('blocks.0.attn.wq')!.data) };
}
const close = (a: number[], b: number[]): void =>
  a.forEach((x, i) => expect(x).toBeCloseTo(b[i]!, 13));

describe('optimizers', () => {
  test('sgd, and how large its update is', () => {
    const { matrix, update_ratio, weights: updated } = after({ optimizer: 'sgd', lr: 0.5 }, 1);
    close(matrix, [3 - 0.3, 4 + 0.4]);
    expect(update_ratio.get('blocks.0.attn.wq')).toBeCloseTo(0.5 / 5, 14);
    expect(update_ratio.get('blocks.0.attn.bq')).toBe(Infinity);
    expect(updated.get('blocks.0.attn.norm.running_mean')!.data).toEqual([1, 1]);
  });

  test('momentum', () => {
    const { matrix } = after({ optimizer: 'momentum', lr: 0.5, beta1: 0.5 }, 2);
    close(matrix, [3 - 0.3 * 2.5, 4 + 0.4 * 2.5]);
  });

  test('Adam divides a constant gradient by itself', () => {
    const { matrix } = after({ optimizer: 'adam', lr: 0.1, adam_eps: 0 }, 3);
    close(matrix, [3 - 0.3, 4 + 0.3]);
    close(after({ optimizer: 'adam', lr: 0.1, adam_eps: 0.6 }, 1).matrix, [
      3 - 0.1 / 2,
      4 + 0.08 / 1.4,
    ]);
  });

  test('Muon: a row comes out along itself, by the polynomial of its length alone', () => {
    let length = 1;
    for (let i = 0; i < 5; i++)
      length = 3.4445 * length - 4.775 * length ** 3 + 2.0315 * length ** 5;
    const step = 0.1 * 0.2 * Math.sqrt(2) * length;
    const { matrix } = after({ optimizer: 'muon', lr: 0.1, beta1: 0.5 }, 2);
    matrix.forEach((w, i) =>
      expect(w).toBeCloseTo([3 - 2 * 0.6 * step, 4 + 2 * 0.8 * step][i]!, 7),
    );
    // What is no linear map of a block is Adam's.
    const bias = (optimizer: string) =>
      Array.from(after({ optimizer, lr: 0.1 }, 2).weights.get('blocks.0.attn.bq')!.data);
    expect(bias('muon')).toEqual(bias('adam'));
  });

  test('Muon looks ahead: g + β₁ (β₁ m + g)', () => {
    const along = (angle: number) =>
      new Map([...grads, ['blocks.0.attn.wq', Float64Array.of(Math.cos(angle), Math.sin(angle))]]);
    const config = { optimizer: 'muon', lr: 1, beta1: 0.5 };
    const first = referenceUpdate(config, weights, along(0), new Map(), 0);
    const second = referenceUpdate(config, first.weights, along(Math.PI / 2), first.state, 1);
    const [x, y] = [0, 1].map((i) => {
      const at = (updated: Weights) => updated.get('blocks.0.attn.wq')!.data[i]!;
      return at(second.weights) - at(first.weights);
    });
    // m is (1, 0), then (0.5, 1): the step is along (0.25, 1.5).
    expect(x! / y!).toBeCloseTo(0.25 / 1.5, 12);
  });

  test('weight decay: decoupled in AdamW, part of the gradient elsewhere, on matrices only', () => {
    const decay = { lr: 0.1, adam_eps: 0, weight_decay: 0.1 };
    const adamw = after({ ...decay, optimizer: 'adamw' }, 1);
    close(adamw.matrix, [3 - 0.1 - 0.03, 4 + 0.1 - 0.04]);
    close(after({ ...decay, optimizer: 'adam' }, 1).matrix, [3 - 0.1, 4 + 0.1]);
    close(after({ ...decay, optimizer: 'sgd' }, 1).matrix, [3 - 0.09, 4 + 0.04]);
    const sgd = after({ ...decay, optimizer: 'sgd' }, 2);
    close(Array.from(sgd.weights.get('blocks.0.attn.bq')!.data), [0, -0.4]);
  });

  test('clipping is by the norm of the whole gradient, √5', () => {
    const clipped = after({ optimizer: 'sgd', lr: 1, grad_clip: 1 }, 1).matrix;
    close(clipped, [3 - 0.6 / Math.sqrt(5), 4 + 0.8 / Math.sqrt(5)]);
    close(after({ optimizer: 'sgd', lr: 1, grad_clip: 3 }, 1).matrix, [2.4, 4.8]);
  });
});

describe('schedules', () => {
  const rates = (config: RefConfig, steps: number[]) => steps.map((n) => learningRate(config, n));
  const base = { lr: 1, schedule_steps: 14, warmup_steps: 4 };

  test('the warm-up rises to the full rate', () => {
    close(rates(base, [0, 1, 3, 4, 1000]), [0.25, 0.5, 1, 1, 1]);
  });
  test('linear', () => {
    close(rates({ ...base, schedule: 'linear' }, [0, 3, 4, 9, 14, 20]), [0.25, 1, 1, 0.5, 0, 0]);
  });
  test('cosine', () => {
    close(rates({ ...base, schedule: 'cosine' }, [3, 4, 9, 14, 20]), [1, 1, 0.5, 0, 0]);
  });
  test('inverse root', () => {
    close(rates({ ...base, schedule: 'inv_sqrt' }, [1, 3, 15]), [0.5, 1, 0.5]);
    close(rates({ lr: 1, schedule: 'inv_sqrt' }, [0, 3]), [1, 0.5]);
  });
});
