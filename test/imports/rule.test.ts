import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { cruise, folders, reserved, type Violation } from './cruise';

// A made-up source tree in which every folder imports every other folder and every kind of package.
// It lies inside the project so that packages resolve as they do in src/.
const tree = resolve(import.meta.dirname, '../../.cache/import-rule');
const names = Object.keys(folders);
const packages = {
  tensorflow: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu'],
  react: ['react', 'react-dom/client', 'radix-ui', 'zustand'],
  node: ['node:fs', 'path'],
  free: ['zustand/vanilla', 'd3-array'],
};

let violations: Violation[];
let modules: string[];

function write(path: string, text: string) {
  const file = join(tree, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const importing = (from: string, kind: string, to: string) =>
  `src/${from}/${kind}_${to.replace('/', '_')}.ts`;

const flagged = (from: string, rule: string) =>
  violations.some((v) => v.from === from && v.rule === rule);

beforeAll(async () => {
  rmSync(tree, { recursive: true, force: true });
  write('tsconfig.json', '{ "compilerOptions": { "jsx": "react-jsx" } }');
  for (const from of names) {
    write(`src/${from}/index.ts`, 'export const it = 1; export type It = number;');
    for (const to of names) {
      const index = `${'../'.repeat(from.split('/').length)}${to}/index`;
      write(importing(from, 'value', to), `import { it } from '${index}'; export { it };`);
      write(importing(from, 'type', to), `import type { It } from '${index}'; export { It };`);
      write(importing(from, 'lazy', to), `export const lazy = () => import('${index}');`);
    }
    for (const [kind, list] of Object.entries(packages)) {
      list.forEach((name, i) => {
        write(`src/${from}/${kind}${i}.ts`, `import * as it from '${name}'; export { it };`);
      });
    }
  }
  write('src/lib/chicken.ts', `import { b } from './egg'; export const a = () => b;`);
  write('src/lib/egg.ts', `import { a } from './chicken'; export const b = () => a;`);
  write('src/lib/lost.ts', `import './nowhere';`);
  write('src/lib/test.ts', `import '../../test/it';`);
  write('test/it.ts', 'export {};');
  write('src/engine/worker.ts', 'export {};');
  write('src/engine/nodeFiles.ts', `import 'node:fs';`);
  write(
    'src/runs/client.ts',
    `export const w = () => new Worker(new URL('../engine/worker.ts', import.meta.url), { type: 'module' });`,
  );
  const wasm = '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
  write('src/engine/wasm.ts', `import url from '${wasm}'; export { url };`);
  write('src/app/page.css', '');
  write('src/app/style.ts', `import './page.css'; import '@fontsource-variable/inter';`);
  ({ violations, modules } = await cruise(tree));
}, 120_000);

afterAll(() => {
  rmSync(tree, { recursive: true, force: true });
});

test('every module is read', () => {
  expect(modules.length).toBeGreaterThan(names.length ** 2 * 3);
});

test.each(names)('src/%s may import what the table says and nothing else', (from) => {
  const allowed = [from, ...folders[from]!];
  for (const kind of ['value', 'type', 'lazy']) {
    const refused = names.filter((to) => flagged(importing(from, kind, to), `folder-${from}`));
    expect(refused).toEqual(names.filter((to) => !allowed.includes(to)));
  }
});

test('the table has one direction: a folder may import folders above it', () => {
  names.forEach((from, i) =>
    expect(names.slice(0, i)).toEqual(expect.arrayContaining(folders[from]!)),
  );
});

test.each(['tensorflow', 'react'] as const)('%s is for the folders named', (kind) => {
  packages[kind].forEach((_, i) => {
    const refused = names.filter((from) => flagged(`src/${from}/${kind}${i}.ts`, `only-${kind}`));
    expect(refused).toEqual(names.filter((name) => !reserved[kind].folders.includes(name)));
  });
});

test('Node built-ins are for the command line', () => {
  packages.node.forEach((_, i) => {
    const refused = names.filter((from) => flagged(`src/${from}/node${i}.ts`, 'only-node'));
    expect(refused).toEqual(names.filter((name) => name !== 'cli'));
  });
});

test('cycles, dead ends and ways out of src/ are found', () => {
  expect(flagged('src/lib/chicken.ts', 'no-cycles')).toBe(true);
  expect(flagged('src/lib/lost.ts', 'no-unresolved')).toBe(true);
  expect(flagged('src/lib/test.ts', 'src-alone')).toBe(true);
});

test('a file for Node, a worker address, a bundled file, a style sheet and a free package are no offence', () => {
  const fine = [
    'src/engine/nodeFiles.ts',
    'src/runs/client.ts',
    'src/engine/wasm.ts',
    'src/app/style.ts',
  ];
  for (const name of names) fine.push(`src/${name}/free0.ts`, `src/${name}/free1.ts`);
  expect(violations.filter((v) => fine.includes(v.from))).toEqual([]);
});
