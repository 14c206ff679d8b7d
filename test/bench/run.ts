/**
 * `npm run bench`: one training step of this engine beside plain TensorFlow.js, jax-js and PyTorch. What is
 * measured, and how, is in docs/performance.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSoftware } from '../../src/lib/adapters';
import { findPython } from '../parity/python';
import { ArgumentsError, HELP, readArguments, type Arguments } from './arguments';
import { openHost, type Host } from './browser';
import type { Contestant } from './contestant';
import { compare } from './measure';
import { pytorch } from './pytorch';
import { sizeTable, summary } from './report';
import { OWN_ENGINES, type BrowserEngine, type EngineId, type Row } from './row';
import { FULL, QUICK_WASM, QUICK_WEBGPU, SOFTWARE, WIDTHS, type Size } from './sizes';
import { makeWorkload } from './workload';

function sizesOf({ backend, quick, widths, full }: Arguments, adapter: string): Size[] {
  if (backend === 'wasm') return quick ? QUICK_WASM : widths ? WIDTHS : FULL;
  if (quick) return QUICK_WEBGPU;
  return isSoftware(adapter) && !full ? SOFTWARE : FULL;
}

function contestantsAt(size: Size, host: Host, python?: string): Contestant[] {
  const inBrowser = (engine: BrowserEngine, statistics = false) =>
    host.contestant(engine, statistics, size);
  const text = () =>
    readFileSync(resolve(import.meta.dirname, '../../public/text/opticks.txt'), 'utf8');
  return [
    ...OWN_ENGINES.flatMap((engine) => [inBrowser(engine), inBrowser(engine, true)]),
    inBrowser('plain_tfjs'),
    inBrowser('jax_js'),
    ...(python ? [pytorch(python, () => makeWorkload(size, text()))] : []),
  ];
}

const sayLeftOut = (engine: EngineId, error: unknown) => {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  console.log(`\n${engine} is left out: ${line}`);
};

async function main(): Promise<void> {
  const asked = readArguments(process.argv.slice(2));
  if (asked.help) {
    console.log(HELP);
    return;
  }
  const { backend, steps } = asked;
  const python = backend === 'wasm' ? findPython() : undefined;
  const host = await openHost(backend);
  const rows: Row[] = [];
  try {
    const { adapter } = host;
    console.log(`${backend}: ${adapter}; medians of ${steps} steps`);
    if (backend === 'wasm' && !python) console.log('No Python with PyTorch here: left out.');
    for (const size of sizesOf(asked, adapter)) {
      const contestants = contestantsAt(size, host, python);
      const results = await compare(contestants, { backend, adapter, ...size }, steps, sayLeftOut);
      console.log(sizeTable(results));
      rows.push(...results.map(({ row }) => row));
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
  const isArgument = error instanceof ArgumentsError;
  console.error(isArgument ? error.message : error);
  process.exitCode = isArgument ? 2 : 1;
}
