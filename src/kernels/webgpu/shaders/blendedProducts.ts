import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { f32, THREADS, u32, type Program } from '../program';

/** A stack of matrices: element (i, j) of one at i · rows + j · columns. */
interface Stack {
  tensor: TensorInfo;
  rows: number;
  columns: number;
}

/** c = alpha · a b + beta · added of n matrices each: a: [M, K], b: [K, N]; c, added: [M, N] */
interface BlendedProducts {
  n: number;
  M: number;
  N: number;
  K: number;
  a: Stack;
  b: Stack;
  c: TensorInfo;
  alpha: number;
  added?: TensorInfo;
  beta?: number;
}

/** Threads along each side of a tile, rows and columns that each has in its registers, and what is shared at a time. */
const SIDE = Math.sqrt(THREADS);
const EACH = 4;
const DEPTH = 16;

const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const pairs = (line: (r: number, s: number) => string) =>
  range(EACH)
    .flatMap((r) => range(EACH).map((s) => line(r, s)))
    .join('\n');

/** Statements that add to a thread's sums at one k. */
const accumulate = (a: (r: number) => string, b: (s: number) => string) => `
  ${range(EACH)
    .map((r) => `let p${r} = ${a(r)}; let q${r} = ${b(r)};`)
    .join('\n')}
  ${pairs((r, s) => `c${r}${s} += p${r} * q${s};`)}`;

/** A workgroup's threads share a tile, or, where they cannot wait for each other, each has one of its own. */
export function blendedProducts(backend: TapingBackend, product: BlendedProducts): Program {
  const { n, M, N, K, a, b, c, alpha, added, beta = 0 } = product;
  const shared = backend.hasBarriers;
  const tile = shared ? SIDE * EACH : EACH;
  const tiles = n * Math.ceil(M / tile) * Math.ceil(N / tile);
  // A tensor is bound once.
  const isSame = a.tensor.dataId === b.tensor.dataId;
  const known = added && [a, b].findIndex(({ tensor }) => tensor.dataId === added.dataId);
  const extra = !added ? null : known === 0 ? 'a' : known === 1 ? (isSame ? 'a' : 'b') : 'added';
  const step = shared ? SIDE : 1;
  const row = (r: number) => `(m0 + y + ${r * step}u)`;
  const column = (s: number) => `(n0 + x + ${s * step}u)`;
  const sums = shared
    ? `
      for (var k0 = 0u; k0 < u.K; k0 += ${DEPTH}u) {
        for (var e = thread; e < ${tile * DEPTH}u; e += ${THREADS}u) {
          left[e] = aAt(matrix, m0 + e % ${tile}u, k0 + e / ${tile}u);
          right[e] = bAt(matrix, k0 + e / ${tile}u, n0 + e % ${tile}u);
        }
        workgroupBarrier();
        for (var k = 0u; k < ${DEPTH}u; k++) {
          ${accumulate(
            (r) => `left[k * ${tile}u + y + ${r * SIDE}u]`,
            (s) => `right[k * ${tile}u + x + ${s * SIDE}u]`,
          )}
        }
        workgroupBarrier();
      }`
    : `
      for (var k = 0u; k < u.K; k++) {
        ${accumulate(
          (r) => `aAt(matrix, ${row(r)}, k)`,
          (s) => `bAt(matrix, k, ${column(s)})`,
        )}
      }`;
  return {
    name: `BlendedProducts/${tile}/${isSame}/${extra}`,
    inputs: {
      a: a.tensor,
      ...(!isSame && { b: b.tensor }),
      ...(extra === 'added' && { added }),
    },
    outputs: { c },
    uniforms: {
      ...{ M: u32(M), N: u32(N), K: u32(K), tiles: u32(tiles) },
      ...{ aRows: u32(a.rows), aColumns: u32(a.columns) },
      ...{ bRows: u32(b.rows), bColumns: u32(b.columns) },
      ...{ alpha: f32(alpha), beta: f32(beta) },
    },
    threads: THREADS,
    groups: shared ? tiles : Math.ceil(tiles / THREADS),
    code: () => `
      ${shared ? `var<workgroup> left: array<f32, ${tile * DEPTH}>; var<workgroup> right: array<f32, ${tile * DEPTH}>;` : ''}
      fn aAt(matrix: u32, i: u32, k: u32) -> f32 {
        if (i >= u.M || k >= u.K) { return 0.0; }
        return a[matrix * u.M * u.K + i * u.aRows + k * u.aColumns];
      }
      fn bAt(matrix: u32, k: u32, j: u32) -> f32 {
        if (k >= u.K || j >= u.N) { return 0.0; }
        return ${isSame ? 'a' : 'b'}[matrix * u.K * u.N + k * u.bRows + j * u.bColumns];
      }
      fn main(group: u32, thread: u32) {
        let place = ${shared ? 'group' : `group * ${THREADS}u + thread`};
        if (place >= u.tiles) { return; }
        let across = (u.N + ${tile - 1}u) / ${tile}u;
        let each = across * ((u.M + ${tile - 1}u) / ${tile}u);
        let matrix = place / each;
        let m0 = place % each / across * ${tile}u;
        let n0 = place % each % across * ${tile}u;
        let x = ${shared ? `thread % ${SIDE}u` : '0u'};
        let y = ${shared ? `thread / ${SIDE}u` : '0u'};
        ${pairs((r, s) => `var c${r}${s} = 0.0;`)}
        ${sums}
        ${pairs(
          (r, s) => `if (${row(r)} < u.M && ${column(s)} < u.N) {
            let at = (matrix * u.M + ${row(r)}) * u.N + ${column(s)};
            c[at] = u.alpha * c${r}${s} ${extra ? `+ u.beta * ${extra}[at]` : ''};
          }`,
        )}
      }`,
  };
}
