/*
 * GFLOP/s of every form of the matrix product at the sizes of real steps, on one thread, beside what multiply-add
 * reaches in registers; in time of the processor, so that it can be told on a busy machine too. Another build of the kernels, if one is named, is timed in turns with the one in the tree:
 *   node --experimental-wasm-relaxed-simd --import tsx test/support/products.ts [OTHER.wasm]
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import asc from 'assemblyscript/asc';
import { min } from 'd3-array';
import type { WasmExports } from '../../src/kernels/wasm/exports';

const [ROUNDS, SAMPLE_MS] = [40, 2];
const TOKENS = 128;
const HEADS = 4;
const WIDTHS = [32, 64, 128, 256, 512];
/** Chains of multiply-add that do not wait for each other: more than fill two units of four cycles. */
const CHAINS = 12;

/** As in a step, every call has operands of its own, those of as many layers: most come from memory. */
const LAYERS = 8;
/** Where the operands of a layer lie, in numbers; scratch follows those of the last one. */
const [X, Y, W, LAYER] = [1 << 10, 1 << 19, 1 << 20, 1 << 22];
const SCRATCH = LAYERS * LAYER;
const memory = new WebAssembly.Memory({ initial: 4096, maximum: 65536 });
new Float32Array(memory.buffer, 0, SCRATCH).forEach((_, i, all) => (all[i] = Math.sin(i) / 8));
let layer = 0;

const chains = Array.from({ length: CHAINS }, (_, i) => `r${i}`);
const { binary, stderr } = await asc.compileString(
  `export function limit(at: usize, n: i32): void {
    const x = v128.load(at);
    ${chains.map((r) => `let ${r} = x;`).join('\n')}
    for (let k = 0; k < n; k++) {
      ${chains
        .map((r) => `${r} = f32x4.relaxed_madd(x, x, ${r});`)
        .join('\n')
        .repeat(4)}
    }
    ${chains.map((r) => `v128.store(at, ${r});`).join('\n')}
  }`,
  { optimizeLevel: 3, runtime: 'stub', importMemory: true, enable: ['simd', 'relaxed-simd'] },
);
if (!binary) throw new Error(stderr.toString());

const start = async (bytes: Uint8Array) =>
  (await WebAssembly.instantiate(new Uint8Array(bytes), { env: { memory } })).instance.exports;
const { limit } = (await start(binary)) as { limit(at: number, n: number): void };
const tree = resolve(import.meta.dirname, '../../src/kernels/assembly/build/relaxed.wasm');
const builds = await Promise.all(
  [tree, ...process.argv.slice(2)].map(
    async (path) => (await start(readFileSync(path))) as unknown as WasmExports['exact'],
  ),
);

/** GFLOP/s of the fastest sample, one for each of what is run, in turns: what else the machine does slows the others. */
function speeds(flops: number, runs: (() => void)[]): number[] {
  const time = (run: () => void, times: number) => {
    const began = process.cpuUsage();
    for (let i = 0; i < times; i++) {
      layer = (layer + 1) % LAYERS;
      run();
    }
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };
  const often = runs.map((run) => {
    time(run, 50);
    return Math.ceil(SAMPLE_MS / (time(run, 5) / 5));
  });
  const samples: number[][] = runs.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    runs.forEach((run, i) => samples[i]!.push(time(run, often[i]!) / often[i]!));
  }
  return samples.map((all) => flops / min(all)! / 1e6);
}

const at = (place: number) => 4 * (place + layer * LAYER);
const scratch = 4 * SCRATCH;
type Form = (kernels: WasmExports['exact'], N: number, I: number, O: number) => void;
const FORMS: Record<string, Form> = {
  'y = x w': ({ linear }, N, I, O) => {
    linear(at(Y), at(X), at(W), at(W), N, I, O, scratch);
  },
  'dx = dy wᵀ': ({ linearInputGradient }, N, I, O) => {
    linearInputGradient(at(X), at(Y), at(W), N, I, O, false, scratch);
  },
  'dw = xᵀ dy': ({ linearWeightGradient }, N, I, O) => {
    linearWeightGradient(at(W), 0, at(X), at(Y), N, I, O, scratch);
  },
};
/** [operations for each pair of tokens and feature, the call] */
const ATTENTION: Record<
  string,
  [number, (kernels: WasmExports['exact'], d: number, T: number) => void]
> = {
  attention: [
    3,
    ({ attention }, d, T) => {
      const [q, scores, pattern] = [X, W, W + (1 << 19)].map(at) as [number, number, number];
      const sizes = [TOKENS / T, T, HEADS, d / HEADS] as const;
      attention(at(Y), scores, pattern, q, q, q, 0, ...sizes, 0.1, 0, true, scratch, scratch);
    },
  ],
  'its gradient': [
    5,
    ({ attentionGradient }, d, T) => {
      const [q, pattern, ds] = [X, W + (1 << 19), W + (1 << 20)].map(at) as [
        number,
        number,
        number,
      ];
      const sizes = [TOKENS / T, T, HEADS, d / HEADS] as const;
      attentionGradient(
        ...[at(Y), at(Y), at(Y), ds, ds, q, q, q, q, pattern, pattern, 0, ...sizes],
        ...[0.1, 0, true, scratch, scratch, scratch],
      );
    },
  ],
};

const print = (what: string, numbers: number[]) => {
  console.log(what.padEnd(42), ...numbers.map((x) => x.toFixed(1).padStart(6)));
};
const sayLimit = () => {
  print('limit of registers', speeds(8 * CHAINS * 4 * 1000, [() => limit(at(X), 1000)]));
};
sayLimit();
for (const d of WIDTHS) {
  for (const [I, O] of [
    [d, d],
    [d, 4 * d],
    [4 * d, d],
  ] as const) {
    for (const [name, form] of Object.entries(FORMS)) {
      const runs = builds.map((kernels) => () => form(kernels, TOKENS, I, O));
      print(`${name.padEnd(12)} N=${TOKENS} I=${I} O=${O}`, speeds(2 * TOKENS * I * O, runs));
    }
  }
  for (const T of [32, 128]) {
    for (const [name, [count, form]] of Object.entries(ATTENTION)) {
      const runs = builds.map((kernels) => () => form(kernels, d, T));
      print(`${name.padEnd(12)} T=${T} d=${d} H=${HEADS}`, speeds(count * TOKENS * T * d, runs));
    }
  }
}
sayLimit();
