import { fork, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { isSoftware } from '../../../src/lib/adapters';
import { CHROMIUM_FOLDERS, LOADER, preload, softwareManifest } from '../../support/vulkan';
import type { AdapterReport } from '../adapter';
import { NoAdapter, type Contestant, type Host } from '../contestant';
import type { HostedEngine } from '../row';
import type { Answer, Ask, Question } from '../service';
import type { Size } from '../sizes';
import { makeWorkload } from '../workload';

/* Node with Dawn as the host of the engines: WebGPU on a machine without a browser. */

const here = import.meta.dirname;
/** TypeScript in a checkout; what it was bundled into on a machine that has none. */
const ENGINE = join(here, `engine${extname(import.meta.filename)}`);
const TEXT = resolve(here, '../../../public/text/opticks.txt');

/** The loader of the system; the one that was carried along; Chromium's. */
const LOADERS = [LOADER, ...[here, ...CHROMIUM_FOLDERS].map((folder) => join(folder, LOADER))];
/** Manifests of NVIDIA's driver in containers, in folders where the loader does not look. */
const ELSEWHERE = [
  '/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json',
  '/usr/local/nvidia/vulkan/icd.d/nvidia_icd.json',
];
/** Its libraries, which containers may have without a manifest; the second needs nothing of X11. */
const LIBRARIES = ['libGLX_nvidia.so.0', 'libEGL_nvidia.so.0'];

/** The loader knows the one name since 1.3.207, and the other from before. */
const driver = (manifest: string) => ({ VK_DRIVER_FILES: manifest, VK_ICD_FILENAMES: manifest });

/** Ways to a driver, as variables for Vulkan's loader: a card's first, software last. */
function* drivers(folder: string): Generator<NodeJS.ProcessEnv> {
  yield {};
  if (process.env.VK_DRIVER_FILES ?? process.env.VK_ICD_FILENAMES) return;
  for (const manifest of ELSEWHERE) if (existsSync(manifest)) yield driver(manifest);
  for (const library_path of LIBRARIES) {
    const manifest = join(folder, `${library_path}.json`);
    const ICD = { library_path, api_version: '1.3.0' };
    writeFileSync(manifest, JSON.stringify({ file_format_version: '1.0.0', ICD }));
    yield driver(manifest);
  }
  const software = softwareManifest(CHROMIUM_FOLDERS);
  if (software) yield driver(software);
}

const start = (env: NodeJS.ProcessEnv, stderr: 'pipe' | 'inherit'): ChildProcess =>
  fork(ENGINE, {
    env: { ...process.env, ...env },
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', stderr, 'ipc'],
  });

/** Next message of the process. @throws Error where it ends instead */
const next = <Message>(child: ChildProcess): Promise<Message> =>
  new Promise((done, fail) => {
    const ended = (code: number | null, signal: string | null) => {
      fail(new Error(`its process ended (${signal ?? `exit code ${code}`})`));
    };
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      done(message as Message);
    });
  });

interface Found {
  env: NodeJS.ProcessEnv;
  adapter: AdapterReport;
}

const MISSING_LOADER =
  `Vulkan is missing: there is no ${LOADER} on this machine (Debian’s package libvulkan1), and none was ` +
  'carried along.';
const MISSING_DRIVER =
  'Vulkan finds no driver: none of those that it knows has an adapter. VK_DRIVER_FILES=FILE names the manifest of ' +
  'one in an unusual place (NVIDIA’s is nvidia_icd.json).';

/**
 * The first way to a card, or else to software. A driver that takes its process down is passed over.
 * @throws NoAdapter with what was said on the ways that led nowhere
 */
async function findAdapter(loader: string | undefined, folder: string): Promise<Found> {
  let software: Found | null = null;
  const said = new Set<string>();
  for (const variables of drivers(folder)) {
    const env = { ...variables, ...(loader ? { NORMSCOPE_LOADER: loader } : {}) };
    const child = start(env, 'pipe');
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line.trim()) said.add(line);
    });
    const adapter = await next<AdapterReport | null>(child).catch(() => null);
    child.kill('SIGKILL');
    if (!adapter) continue;
    if (!isSoftware(adapter.name)) return { env, adapter };
    software ??= { env, adapter };
  }
  if (!software) throw new NoAdapter([MISSING_DRIVER, ...said].join('\n'));
  return software;
}

function inProcess(env: NodeJS.ProcessEnv, engine: HostedEngine, statistics: boolean, size: Size) {
  let child: ChildProcess | null = null;
  const ask: Ask = (async (call, ...args) => {
    child!.send({ call, args } as Question);
    const answer = await next<Answer>(child!);
    if ('error' in answer) throw new Error(answer.error);
    return answer.value;
  }) as Ask;
  return {
    engine,
    statistics,
    async open() {
      child = start(env, 'inherit');
      await next(child);
      const workload = makeWorkload(size, readFileSync(TEXT, 'utf8'));
      return { rows: await ask('open', { engine, statistics, backend: 'webgpu', workload }) };
    },
    steps: (count) => ask('steps', count),
    totals: () => ask('totals'),
    close: async () => void child?.kill('SIGKILL'),
  } satisfies Contestant;
}

/** Dawn on the best adapter of this machine. @throws NoAdapter, which begins with what of Vulkan is missing */
export async function openNode(): Promise<Host> {
  const isLinux = process.platform === 'linux';
  const loader = isLinux ? LOADERS.find(preload) : undefined;
  if (isLinux && !loader) throw new NoAdapter(MISSING_LOADER);
  const folder = mkdtempSync(join(tmpdir(), 'normscope-vulkan-'));
  const close = async () => {
    rmSync(folder, { recursive: true });
  };
  try {
    const { env, adapter } = await findAdapter(loader, folder);
    return {
      adapter,
      contestant: (engine, statistics, size) => inProcess(env, engine, statistics, size),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
