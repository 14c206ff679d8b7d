import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TapingBackend } from '../backend';
import { THREADS, u32, type Program, type Uniform } from '../program';

/** A matrix as it lies in memory: element (i, j) at i · rows + j · columns. */
interface Matrix {
  /** Several stand side by side along the axis that is summed over. */
  tensors: TensorInfo[];
  rows: number;
  columns: number;
  /** True where it is cast while it is read: losses are counted here, or were elsewhere. */
  cast?: 'counted' | 'again' | null;
}

/** c: [M, N] = a: [M, K] · b: [K, N] + bias: [N], and the sums of b’s columns, [N], where they are wanted. */
export interface Product {
  M: number;
  N: number;
  K: number;
  a: Matrix;
  b: Matrix;
  c: TensorInfo;
  bias?: TensorInfo | undefined;
  columnSums?: TensorInfo | undefined;
}

/** The tile of one workgroup or, where threads cannot wait for each other, of one thread. */
interface Tile {
  /** Rows and columns of the result. */
  size: number;
  /** Rows and columns that each thread has in its registers. */
  each: number;
}

/** Along the axis that is summed over, as much of both matrices lies in a workgroup’s memory at a time. */
const DEPTH = 16;
/** Threads along each side of a tile. */
const SIDE = Math.sqrt(THREADS);
const SMALL: Tile = { size: 2 * SIDE, each: 2 };
const LARGE: Tile = { size: 4 * SIDE, each: 4 };
const ALONE: Tile = { size: 4, each: 4 };
/** From as many large tiles on a card has enough to do with them. */
const MANY = 64;

const tilesOf = ({ M, N }: Product, { size }: Tile) => Math.ceil(M / size) * Math.ceil(N / size);
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const lines = <T>(items: T[], line: (item: T) => string) => items.map(line).join('\n');

/**
 * `fn a0(i, j, until, isFirst)`: an element of a factor; 0 outside, and from `until` on along the axis that is summed
 * over. What is lost by casting it is counted for the first of those that read it.
 */
function elementOf(
  name: string,
  p: number,
  { tensors, cast }: Matrix,
  across: string,
  along: 'i' | 'j',
) {
  const count = tensors.length;
  const counts = cast === 'counted' ? 'isFirst' : 'false';
  const read = (element: string) => (cast ? `castBy(${element}, ${counts})` : element);
  const at = { i: 'i', j: 'j', [along]: `(${along} - piece * u.piece${p})` };
  const other = along === 'i' ? 'j' : 'i';
  const place = `${at.i} * u.${name}Rows${p} + ${at.j} * u.${name}Columns${p}`;
  const choice = (n: number) => (count > 1 ? `if (piece == ${n}u) ` : '');
  return `
    fn ${name}${p}(i: u32, j: u32, until: u32, isFirst: bool) -> f32 {
      if (${other} >= u.${across}${p} || ${along} >= until) { return 0.0; }
      let piece = ${along} / u.piece${p};
      ${lines(range(count), (n) => `${choice(n)} { return ${read(`${name}${p}_${n}[${place}]`)}; }`)}
      ${count > 1 ? 'return 0.0;' : ''}
    }`;
}

/** The sums of one thread, from what `a` and `b` give at its rows and columns, into `sums`. */
const accumulate = (
  each: number,
  a: (r: number) => string,
  b: (s: number) => string,
  sums: boolean,
) => `
  ${lines(range(each), (r) => `let p${r} = ${a(r)};`)}
  ${lines(range(each), (s) => `let q${s} = ${b(s)};`)}
  ${lines(range(each), (r) => lines(range(each), (s) => `c${r}${s} += p${r} * q${s};`))}
  ${sums ? lines(range(each), (s) => `d${s} += q${s};`) : ''}`;

const pairs = (each: number, line: (r: number, s: number) => string) =>
  lines(range(each), (r) => lines(range(each), (s) => line(r, s)));

/**
 * Declares a thread's sums, and adds them up by what goes from `first` to `until`. Products of several pieces are one
 * sum; where a format is emulated each is a product of its own, and adding it to the ones after it an operation: the last
 * one is first, as in the library's gradients.
 */
function summed({ a, columnSums }: Product, p: number, each: number, accumulated: string) {
  const whole = `let first = 0u; let until = u.K${p}; ${accumulated}`;
  const pieces = `
    var totals = array<f32, ${each ** 2}>();
    for (var until = u.K${p}; until > 0u; until -= u.piece${p}) {
      let first = until - u.piece${p};
      ${accumulated}
      let sums = array<f32, ${each ** 2}>(${range(each)
        .flatMap((r) => range(each).map((s) => `c${r}${s}`))
        .join()});
      for (var n = 0u; n < ${each ** 2}u; n++) {
        let sum = stored(sums[n]);
        totals[n] = select(rounded(totals[n] + sum), sum, until == u.K${p});
      }
      ${pairs(each, (r, s) => `c${r}${s} = 0.0;`)}
    }
    ${pairs(each, (r, s) => `c${r}${s} = totals[${r * each + s}];`)}`;
  return `
    ${pairs(each, (r, s) => `var c${r}${s} = 0.0;`)}
    ${columnSums ? lines(range(each), (s) => `var d${s} = 0.0;`) : ''}
    ${a.tensors.length > 1 ? `if (ROUNDS) { ${pieces} } else { ${whole} }` : whole}`;
}

function store(
  p: number,
  each: number,
  { a, bias, columnSums }: Product,
  row: (r: number) => string,
  column: (s: number) => string,
  isFirst: string,
) {
  const value = (r: number, s: number) =>
    a.tensors.length > 1
      ? `c${r}${s}`
      : bias
        ? `shifted(c${r}${s}, bias${p}[${column(s)}])`
        : `stored(c${r}${s})`;
  const put = (r: number, s: number) =>
    `if (${row(r)} < u.M${p} && ${column(s)} < u.N${p}) {
      result${p}[${row(r)} * u.N${p} + ${column(s)}] = ${value(r, s)};
    }`;
  return `
    ${pairs(each, put)}
    ${columnSums ? lines(range(each), (s) => `if (${isFirst} && ${column(s)} < u.N${p}) { sums${p}[${column(s)}] = stored(d${s}); }`) : ''}`;
}

/** A tile by the threads of a workgroup, from copies of parts of a and b that they share. */
function tiled(product: Product, p: number, { size, each }: Tile): string {
  const sums = product.columnSums !== undefined;
  // Threads side by side read numbers side by side.
  const place = (isAlong: boolean, outer: string, inner: string) =>
    isAlong
      ? `let ${inner} = e % ${DEPTH}u; let ${outer} = e / ${DEPTH}u;`
      : `let ${outer} = e % ${size}u; let ${inner} = e / ${size}u;`;
  const row = (r: number) => `(m0 + y + ${r * SIDE}u)`;
  const column = (s: number) => `(n0 + x + ${s * SIDE}u)`;
  return `
    fn product${p}(tile: u32, thread: u32) {
      let across = (u.N${p} + ${size - 1}u) / ${size}u;
      let m0 = tile / across * ${size}u;
      let n0 = tile % across * ${size}u;
      let x = thread % ${SIDE}u;
      let y = thread / ${SIDE}u;
      ${summed(
        product,
        p,
        each,
        `for (var k0 = first; k0 < until; k0 += ${DEPTH}u) {
          for (var e = thread; e < ${size * DEPTH}u; e += ${THREADS}u) {
            { ${place(product.a.columns === 1, 'm', 'k')} left[k * ${size}u + m] = a${p}(m0 + m, k0 + k, until, n0 == 0u); }
            { ${place(product.b.columns !== 1, 'n', 'k')} right[k * ${size}u + n] = b${p}(k0 + k, n0 + n, until, m0 == 0u); }
          }
          workgroupBarrier();
          for (var k = 0u; k < ${DEPTH}u; k++) {
            ${accumulate(
              each,
              (r) => `left[k * ${size}u + y + ${r * SIDE}u]`,
              (s) => `right[k * ${size}u + x + ${s * SIDE}u]`,
              sums,
            )}
          }
          workgroupBarrier();
        }`,
      )}
      ${store(p, each, product, row, column, 'm0 + y == 0u')}
    }`;
}

/** A tile by one thread. */
function alone(product: Product, p: number, { size, each }: Tile): string {
  const sums = product.columnSums !== undefined;
  return `
    fn product${p}(tile: u32, thread: u32) {
      let across = (u.N${p} + ${size - 1}u) / ${size}u;
      let m0 = tile / across * ${size}u;
      let n0 = tile % across * ${size}u;
      ${summed(
        product,
        p,
        each,
        `for (var k = first; k < until; k++) {
          ${accumulate(
            each,
            (r) => `a${p}(m0 + ${r}u, k, until, n0 == 0u)`,
            (s) => `b${p}(k, n0 + ${s}u, until, m0 == 0u)`,
            sums,
          )}
        }`,
      )}
      ${store(
        p,
        each,
        product,
        (r) => `(m0 + ${r}u)`,
        (s) => `(n0 + ${s}u)`,
        'm0 == 0u',
      )}
    }`;
}

/** A bias is an operation of its own where every operation rounds, and a part of the product elsewhere. */
const SHIFTED = `
  fn shifted(sum: f32, bias: f32) -> f32 {
    if (EVERY_OP) { return stored(stored(sum) + bias); }
    return stored(sum + bias);
  }`;

/** Products that do not depend on each other, in one program. */
function programOf(backend: TapingBackend, products: Product[]): Program {
  const shared = backend.hasBarriers;
  const isMany = products.reduce((sum, product) => sum + tilesOf(product, LARGE), 0) >= MANY;
  const tile = shared ? (isMany ? LARGE : SMALL) : ALONE;
  const outputs: Program['outputs'] = {};
  const inputs: Program['inputs'] = {};
  const uniforms: Record<string, Uniform> = {};
  /** A tensor is bound once, under the first name that it gets. */
  const names = new Map<object, string>();
  const aliases = new Map<string, string>();
  const bind = (name: string, tensor: TensorInfo) => {
    const known = names.get(tensor.dataId);
    aliases.set(name, known ?? name);
    if (known) return;
    names.set(tensor.dataId, name);
    inputs[name] = tensor;
  };
  const kinds: string[] = [];
  let end = 0;
  products.forEach((product, p) => {
    const { M, N, K, a, b, c, bias, columnSums } = product;
    end += tilesOf(product, tile);
    const block = {
      ...{ M, N, K, piece: K / a.tensors.length, end },
      ...{ aRows: a.rows, aColumns: a.columns, bRows: b.rows, bColumns: b.columns },
    };
    for (const [name, value] of Object.entries(block)) uniforms[`${name}${p}`] = u32(value);
    a.tensors.forEach((tensor, n) => bind(`a${p}_${n}`, tensor));
    b.tensors.forEach((tensor, n) => bind(`b${p}_${n}`, tensor));
    if (bias) inputs[`bias${p}`] = bias;
    outputs[`result${p}`] = c;
    if (columnSums) outputs[`sums${p}`] = columnSums;
    kinds.push(
      [a.columns === 1, b.columns === 1, a.tensors.length, !!bias, !!columnSums]
        .map(Number)
        .join('') + [a, b].map(({ cast }) => (cast ? cast[0] : '-')).join(''),
    );
  });
  const renamed = (text: string) =>
    text.replace(/\b[ab]\d_\d\b/g, (name) => aliases.get(name) ?? name);
  return {
    name: `Product/${tile.size}/${kinds.join()}/${[...aliases.values()].join()}`,
    ...{ outputs, inputs, uniforms },
    threads: THREADS,
    groups: shared ? end : Math.ceil(end / THREADS),
    code: () => `
      ${shared ? `var<workgroup> left: array<f32, ${tile.size * DEPTH}>; var<workgroup> right: array<f32, ${tile.size * DEPTH}>;` : ''}
      ${SHIFTED}
      ${renamed(
        lines([...products.entries()], ([p, product]) =>
          [
            elementOf('a', p, product.a, 'M', 'j'),
            elementOf('b', p, product.b, 'N', 'i'),
            (shared ? tiled : alone)(product, p, tile),
          ].join('\n'),
        ),
      )}
      fn main(group: u32, thread: u32) {
        let tile = ${shared ? 'group' : `group * ${THREADS}u + thread`};
        ${lines([...products.keys()], (p) => {
          const begin = p ? `u.end${p - 1}` : '0u';
          return `if (tile >= ${begin} && tile < u.end${p}) { product${p}(tile - ${begin}, thread); }`;
        })}
      }`,
  };
}

const buffersOf = (products: Product[]): number =>
  new Set(
    products.flatMap(({ a, b, c, bias, columnSums }) =>
      [...a.tensors, ...b.tensors, c, bias, columnSums].flatMap((t) => (t ? [t.dataId] : [])),
    ),
  ).size;

/** Products that do not depend on each other, as many in one program as there is room for their tensors. */
export function productPrograms(
  backend: TapingBackend,
  products: Product[],
  room: number,
): Program[] {
  const groups: Product[][] = [];
  for (const product of products) {
    const last = groups.at(-1);
    if (last && buffersOf([...last, product]) <= room) last.push(product);
    else groups.push([product]);
  }
  return groups.map((group) => programOf(backend, group));
}
