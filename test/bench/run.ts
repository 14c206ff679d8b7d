/**
 * `npm run bench`: one training step of this engine beside plain TensorFlow.js, jax-js and PyTorch. What is
 * measured, and how, and on which hosts, is in docs/performance.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSoftware } from '../../src/lib/adapters';
import { reasonOf } from '../../src/lib/reason';
import { findPython } from '../parity/python';
import { ArgumentsError, HELP, readArguments, type Arguments } from './arguments';
import { NoAdapter, type Contestant, type Host } from './contestant';
import { compare } from './measure';
import { pytorch, type Flag } from './pytorch';
import { sizeTable, summary } from './report';
import { OWN_ENGINES, type EngineId, type HostedEngine, type Place, type Row } from './row';
import {
  FULL,
  QUICK_WASM,
  QUICK_WEBGPU,
  sizeText,
  SOFTWARE,
  WIDTHS,
  type HostId,
  type Size,
} from './sizes';
import { makeWorkload } from './workload';

function sizesOf({ backend, quick, widths, full }: Arguments, adapter: string): Size[] {
  if (backend === 'wasm') return quick ? QUICK_WASM : widths ? WIDTHS : FULL;
  if (quick) return QUICK_WEBGPU;
  return isSoftware(adapter) && !full ? SOFTWARE : FULL;
}

/** A host is loaded when it is asked for: a machine for the one may lack what the other needs. */
const openHost = async ({ host, backend }: Arguments): Promise<Host> =>
  host === 'node'
    ? (await import('./node/host')).openNode()
    : (await import('./browser')).openBrowser(backend);

/** Engines of a size, this one first: where time is short, the last are the first to be left out. */
function contestantsAt(
  size: Size,
  { host: hostId, backend }: Arguments,
  host: Host,
  python: string | undefined,
): Contestant[] {
  const hosted = (engine: HostedEngine, statistics = false) =>
    host.contestant(engine, statistics, size);
  const text = () =>
    readFileSync(resolve(import.meta.dirname, '../../public/text/opticks.txt'), 'utf8');
  const inPython = (flags: Flag[]) =>
    python ? [pytorch(python, () => makeWorkload(size, text()), flags)] : [];
  const isNode = hostId === 'node';
  return [
    ...OWN_ENGINES.flatMap((engine) => [hosted(engine), hosted(engine, true)]),
    ...(isNode ? inPython(['--card']) : []),
    hosted('plain_tfjs'),
    hosted('jax_js'),
    ...(isNode ? inPython(['--card', '--compile']) : []),
    ...(backend === 'wasm' ? inPython([]) : []),
  ];
}

const sayLeftOut = (engine: EngineId, error: unknown) => {
  const [line] = reasonOf(error).split('\n');
  console.log(`\n${engine} is left out: ${line}`);
};

const WHERE: Record<HostId, string> = {
  browser: 'in Chromium',
  node: `in Node, by Dawn${process.platform === 'linux' ? ' on Vulkan' : ''}`,
};
/** Less than this is no share of the time. */
const LEAST_MS = 2000;

async function main(): Promise<void> {
  const asked = readArguments(process.argv.slice(2));
  if (asked.help) {
    console.log(HELP);
    return;
  }
  if (asked.bundle) {
    await (await import('./bundle')).writeBundle(asked.bundle);
    return;
  }
  const { host: hostId, backend, steps, minutes } = asked;
  const end = performance.now() + 60_000 * minutes;
  const usesPython = hostId === 'node' || backend === 'wasm';
  const python = usesPython ? findPython() : undefined;
  const host = await openHost(asked);
  const rows: Row[] = [];
  try {
    const { name: adapter, subgroups, features } = host.adapter;
    console.log(`${backend} ${WHERE[hostId]}: ${adapter}; medians of ${steps} steps`);
    if (subgroups) console.log(`Subgroups of ${subgroups.join(' to ')} lanes.`);
    if (features.length) console.log(`Features: ${features.join(', ')}.`);
    if (usesPython && !python) console.log('No Python with PyTorch here: left out.');
    const sizes = sizesOf(asked, adapter);
    for (const [i, size] of sizes.entries()) {
      const share = (end - performance.now()) / (sizes.length - i);
      if (share < LEAST_MS) {
        console.log(`\n${sizeText(size)} is left out: the ${minutes} minutes are over.`);
        continue;
      }
      const contestants = contestantsAt(size, asked, host, python);
      const place: Place = {
        host: hostId,
        backend,
        adapter,
        ...(subgroups && { subgroups }),
        ...size,
      };
      try {
        const results = await compare(contestants, place, steps, sayLeftOut, share);
        console.log(sizeTable(results));
        rows.push(...results.map(({ row }) => row));
      } catch (error) {
        // The other sizes may well be measured; a run on a borrowed machine is not made twice.
        console.error(`\n${sizeText(size)}: ${reasonOf(error)}`);
        process.exitCode = 1;
      }
      // After every size: a run that is stopped leaves what it has measured.
      if (asked.json) writeFileSync(asked.json, `${JSON.stringify(rows, null, 2)}\n`);
    }
    console.log(summary(rows));
  } finally {
    await host.close();
  }
}

try {
  await main();
} catch (error) {
  const isPlain = error instanceof ArgumentsError || error instanceof NoAdapter;
  console.error(isPlain ? error.message : error);
  process.exitCode = error instanceof ArgumentsError ? 2 : 1;
}
