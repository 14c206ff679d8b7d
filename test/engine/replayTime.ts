/**
 * Prints what JavaScript and the device do for a step of twelve layers, recorded and not:
 * `npx tsx test/engine/replayTime.ts [settings]`, settings as in a link.
 */
import { decode } from '../../src/config/codec';
import { createSession } from '../../src/engine/session';
import { openWebGPU } from '../support/dawn';
import { TEXT } from './support';

// Narrow: what JavaScript does depends on the depth, and a software driver takes minutes for more.
const DEFAULT = 'n_layers=12&d_model=16&n_heads=2&seq_len=8&batch_size=2';
const STEPS = 5;

const backend = await openWebGPU();
const { config } = decode(process.argv[2] ?? DEFAULT);
const median = (numbers: number[]) =>
  numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

for (const [name, bytes] of Object.entries({ recorded: undefined, unrecorded: 0 })) {
  const session = createSession(config, TEXT, { tapeBytes: bytes });
  const first = await session.measure(true);
  const js: number[] = [];
  let { cost } = first;
  for (let i = 0; i < STEPS; i++) {
    await backend.device.queue.onSubmittedWorkDone();
    ({ cost } = await session.measure(true));
    js.push(cost.jsMs);
  }
  const began = performance.now();
  const before = { ...backend.counts };
  session.update();
  const bareMs = performance.now() - began;
  console.log(
    `${name}: ${median(js).toFixed(1)} ms of JavaScript a measured step (the first ${first.cost.jsMs.toFixed(0)})`,
    `for ${cost.dispatches} dispatches in ${cost.submits} submits;`,
    `bare ${bareMs.toFixed(1)} ms (with recording, where it is the first),`,
    `${backend.counts.dispatches - before.dispatches} dispatches;`,
    `${(cost.deviceBytes! / 2 ** 20).toFixed(1)} MiB on the device`,
  );
  session.dispose();
}
process.exit(0);
