import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'vite';
import { CHROMIUM_FOLDERS, LOADER } from '../support/vulkan';

/*
 * All that `--host node` needs, as one archive for a machine with nothing but a graphics driver. Files lie in it as
 * they do in a checkout, so that they find each other.
 */

const root = resolve(import.meta.dirname, '../..');
const BENCH = 'test/bench';
const MODULES = 'test/bench/node';
const DAWN = join('dist', `${process.platform}-${process.arch}`, 'dawn.node');

/** The benchmark with all libraries, as modules for Node. */
const writeModules = (outDir: string) =>
  build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir,
      target: 'node20',
      rolldownOptions: {
        input: {
          run: join(root, BENCH, 'run.ts'),
          'node/engine': join(root, MODULES, 'engine.ts'),
        },
        // Work of a checkout alone: browsers, and this.
        external: (id) => /\/(browser|bundle)(\.ts)?$/.test(id),
        output: {
          entryFileNames: `${BENCH}/[name].mjs`,
          chunkFileNames: `${MODULES}/[name].mjs`,
        },
      },
    },
  });

/** Files beside the modules: where each comes from, and where it goes. */
function* files(): Generator<[from: string, to: string]> {
  yield [process.execPath, 'bin/node'];
  yield [join(root, MODULES, 'run.sh'), 'run.sh'];
  yield [join(root, BENCH, 'engines/pytorch.py'), join(BENCH, 'engines/pytorch.py')];
  yield [join(root, 'public/text/opticks.txt'), 'public/text/opticks.txt'];
  const webgpu = dirname(createRequire(import.meta.url).resolve('webgpu'));
  yield [join(webgpu, DAWN), join(MODULES, DAWN)];
  const loader = CHROMIUM_FOLDERS.map((folder) => join(folder, LOADER)).find(existsSync);
  if (loader) yield [loader, join(MODULES, LOADER)];
  else console.log(`There is no ${LOADER} beside a Chromium here: the machine must have one.`);
}

/** Puts all of it into a folder: `sh FOLDER/run.sh` measures, on machines of this one’s kind. */
export async function writeFiles(folder: string): Promise<void> {
  await writeModules(folder);
  for (const [from, to] of files()) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(from, join(folder, to));
  }
  for (const program of ['bin/node', 'run.sh']) chmodSync(join(folder, program), 0o755);
}

/** The same as one archive. */
export async function writeBundle(archive: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'normscope-bundle-'));
  try {
    await writeFiles(folder);
    execFileSync('tar', ['-czf', resolve(archive), '-C', folder, '.']);
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`${archive}: ${(statSync(archive).size / 2 ** 20).toFixed(1)} MiB`);
}
