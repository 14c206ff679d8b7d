/*
 * What the second of two measured steps asks of a WebGPU device.
 * Of the settings of a link, kernel by kernel:
 *   npx tsx test/support/dispatches.ts 'n_layers=12&norm=rmsnorm'
 * Of a small model of twelve layers with every setting that switches something, most first:
 *   npx tsx test/support/dispatches.ts
 */
import { complete } from '../../src/config/check';
import { decode } from '../../src/config/codec';
import type { Config } from '../../src/config/fields';
import { createSession } from '../../src/engine/session';
import { TEXT, TINY } from '../engine/support';
import { openWebGPU } from './dawn';
import { countDispatches, type Dispatched } from './dispatchCounter';
import { EVERY_SETTING, nameOf } from './everySetting';

const backend = await openWebGPU();
const counted = countDispatches(backend);

async function stepOf(config: Config) {
  const session = createSession(config, TEXT);
  await session.measure(true);
  counted();
  const { cost } = await session.measure(true);
  session.dispose();
  return { cost, ...counted() };
}

const short = (name: string) => name.replace(/^([^|]{1,80}).*/, '$1');
const mostFirst = ({ kernels }: Dispatched) => [...kernels].sort((a, b) => b[1] - a[1]);

async function ofLink(link: string) {
  const { config, problems } = decode(link);
  for (const { message } of problems) console.log(message);
  const { cost, ...dispatched } = await stepOf(config);
  for (const [name, count] of mostFirst(dispatched)) {
    console.log(String(count).padStart(5), short(name));
  }
  console.log({
    dispatches: cost.dispatches,
    copies: dispatched.copies,
    submits: cost.submits,
    pipelines: backend.pipelines,
  });
}

const [SHALLOW, DEEP] = [4, 12];

/** Those of the library’s kernels that run in most layers: "24 binary_17 …". */
const ofLibrary = (dispatched: Dispatched) =>
  mostFirst(dispatched)
    .filter(([name, count]) => name.includes('Dispatch') && count >= DEEP - 1)
    .map(([name, count]) => `${count} ${/^[A-Za-z]+(_\d+)?/.exec(name)![0]}`)
    .join(', ');

async function ofAll() {
  const at = (settings: Partial<Config>, n_layers: number) =>
    stepOf(complete({ ...TINY, n_layers, ...settings }).config);
  const rows: [number, string][] = [];
  for (const settings of EVERY_SETTING) {
    const shallow = await at(settings, SHALLOW);
    const { cost, ...dispatched } = await at(settings, DEEP);
    const total = cost.dispatches!;
    const each = (total - shallow.cost.dispatches!) / (DEEP - SHALLOW);
    const columns = [String(total).padStart(6), each.toFixed(1).padStart(6)];
    rows.push([total, [...columns, nameOf(settings).padEnd(40), ofLibrary(dispatched)].join(' ')]);
  }
  console.log(`At ${DEEP} layers, for each layer; the library's kernels that most layers run`);
  for (const [, row] of rows.sort((a, b) => b[0] - a[0])) console.log(row);
}

const link = process.argv[2];
await (link === undefined ? ofAll() : ofLink(link));
process.exit();
