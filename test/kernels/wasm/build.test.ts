import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openNodeBackend } from '../../../src/engine/nodeBackend';
import { KERNEL_NAMES, type KernelCall, type WasmKernels } from '../../../src/kernels/wasm/exports';
import { wasmBuild } from '../../../src/kernels/wasm/start';

const folder = new URL('../../../src/kernels/assembly/build/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder));

test('the build with relaxed SIMD is taken, which every Node has that is supported', async () => {
  expect(await openNodeBackend('wasm')).toMatchObject({ backend: 'wasm', build: 'relaxed' });
  expect(WebAssembly.validate(read('relaxed.wasm'))).toBe(true);
  expect(wasmBuild()).toBe('relaxed');
});

/** Functions that compute nothing of a step: they tell an instance its share and format, or are asked. */
const TELLING = ['share', 'be', 'setRounding', 'tabulate', 'tableEntries', 'productScratch'];

test('builds of a form export the same functions, and together all that are called by name', () => {
  const namesOf = (build: string) => {
    const module = new WebAssembly.Module(read(`${build}.wasm`));
    const exported = WebAssembly.Module.exports(module).filter(({ kind }) => kind === 'function');
    return exported.map(({ name }) => name);
  };
  const forms = ['', '.rounding'];
  for (const form of forms) {
    expect(read(`relaxed${form}.d.ts`).equals(read(`simd${form}.d.ts`))).toBe(true);
    expect(namesOf(`relaxed${form}`)).toEqual(namesOf(`simd${form}`));
  }
  const names = new Set(forms.flatMap((form) => namesOf(`simd${form}`)));
  expect([...names].sort()).toEqual([...KERNEL_NAMES, ...TELLING].sort());
});

test('a call that the module does not have is refused by the compiler', () => {
  const isRefused = (kernels: WasmKernels, share: (call: KernelCall) => void) => {
    // @ts-expect-error an argument is missing
    kernels.copy(0, 0);
    // @ts-expect-error an argument too many
    kernels.copy(0, 0, 4, 0);
    // @ts-expect-error a flag is no number
    kernels.matmul(0, 0, 0, 1, 1, 1, 0, 0, 0);
    // @ts-expect-error no such kernel
    kernels.multiplied(0, 0, 0, 1);
    // @ts-expect-error an argument is missing in a call that is made again
    share({ name: 'copy', args: [0, 0] });
  };
  // Read by the type check, and never run.
  expect(isRefused).toBeTypeOf('function');
});
