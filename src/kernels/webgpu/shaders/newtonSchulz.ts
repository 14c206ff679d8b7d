import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { elementwise, f32, rowwise, u32, type Program } from '../program';
import { blendedProducts } from './blendedProducts';
import { SCALED, TOGETHER } from './moments';

/** Attributes of the kernel; see `optim/muon.ts`. */
export interface NewtonSchulz {
  steps: number;
  /** p(x) = ax + bx³ + cx⁵ */
  polynomial: readonly [a: number, b: number, c: number];
  /** The least that a matrix is divided by at first, instead of its norm. */
  least: number;
  factor: number;
}

interface Sizes {
  /** n matrices of [I, O]. */
  n: number;
  I: number;
  O: number;
}

/** Of each matrix X/‖X‖, and then steps X ← aX + BX, B = bA + cA², A = XXᵀ; of tall ones the other way round. */
export function newtonSchulzPrograms(
  backend: TapingBackend,
  { n, I, O }: Sizes,
  { steps, polynomial, least, factor }: NewtonSchulz,
  tensors: Record<'x' | 'y' | 'norms' | 'unit' | 'other' | 'gram' | 'inner', TensorInfo>,
): Program[] {
  const { x, y, norms, unit, other, gram, inner } = tensors;
  const [small, large, isTall] = [Math.min(I, O), Math.max(I, O), I > O];
  const uniforms = { size: u32(I * O), least: f32(least) };
  const square = (tensor: TensorInfo) => ({ tensor, rows: small, columns: 1 });
  /** Along the smaller side, and along the larger one. */
  const turned = (tensor: TensorInfo, isTurned: boolean) =>
    isTurned ? { tensor, rows: 1, columns: O } : { tensor, rows: O, columns: 1 };
  /** Where X is before each step, and after the last. */
  const places = Array.from({ length: steps }, (_, i) => (i % 2 ? other : unit)).concat(y);
  return [
    rowwise(
      backend,
      {
        name: 'MatrixNorm',
        inputs: { x },
        outputs: { norms },
        uniforms,
        types: SCALED,
        reductions: [TOGETHER],
        code: () => `
          fn row(r: u32, lane: u32) {
            var part = Scaled();
            for (var i = lane; i < u.size; i += LANES) { part = met(part, x[r * u.size + i]); }
            let whole = overall(part, lane);
            if (lane == 0u) {
              norms[2u * r] = whole.top;
              norms[2u * r + 1u] = max(sqrt(whole.squares), u.least);
            }
          }`,
      },
      n,
      256,
    ),
    elementwise(
      {
        name: 'MatrixUnit',
        inputs: { x, norms },
        outputs: { unit },
        uniforms,
        code: () => `
          ${SCALED}
          fn each(i: u32) {
            let r = i / u.size;
            unit[i] = share(x[i], norms[2u * r]) / norms[2u * r + 1u];
          }`,
      },
      n * I * O,
    ),
    ...places.slice(0, -1).flatMap((X, step) => {
      const [a, b, c] = polynomial.map((k) => (step === steps - 1 ? k * factor : k)) as [
        ...[number, number, number],
      ];
      const [left, right] = isTall
        ? [turned(X, false), square(inner)]
        : [square(inner), turned(X, false)];
      return [
        blendedProducts(backend, {
          ...{ n, M: small, N: small, K: large, alpha: 1 },
          a: turned(X, isTall),
          b: turned(X, !isTall),
          c: gram,
        }),
        blendedProducts(backend, {
          ...{ n, M: small, N: small, K: small, alpha: c },
          a: square(gram),
          b: square(gram),
          ...{ c: inner, added: gram, beta: b },
        }),
        blendedProducts(backend, {
          ...{ n, M: I, N: O, K: small, alpha: 1 },
          a: left,
          b: right,
          ...{ c: places[step + 1]!, added: X, beta: a },
        }),
      ];
    }),
  ];
}
