/*
 * What a step takes on wasm on one thread, two, … as many as are named, for some settings of a link:
 *   npx tsx test/support/threads.ts 4 'n_layers=12&seq_len=32'
 */
import { quantileSorted } from 'd3-array';
import { decode } from '../../src/config/codec';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import { MOST_THREADS } from '../../src/kernels/wasm/threads/team';
import { wasmTeam } from '../../src/kernels/wasm/module';
import { TEXT } from '../engine/support';

const [ROUNDS, STEPS, WARM] = [8, 40, 10];

const [most = '2', settings = ''] = process.argv.slice(2);
await openNodeBackend('wasm');
const { config, problems } = decode(settings);
for (const { message } of problems) console.log(message);
const session = createSession(config, TEXT);
const team = wasmTeam()!;

/** Times by the number of threads that steps ran on. In turns: what else the machine does disturbs all. */
const times = new Map<number, number[]>();
for (let round = 0; round < ROUNDS; round++) {
  for (let threads = 1; threads <= Math.min(Number(most), MOST_THREADS); threads++) {
    team.resize(threads);
    while (team.threads() < threads) await new Promise((done) => setTimeout(done, 10));
    for (let step = 0; step < STEPS; step++) {
      const began = performance.now();
      const { cost } = await session.measure(true);
      const ran = cost.threads ?? 1;
      if (step < WARM && round === 0) continue;
      times.set(ran, [...(times.get(ran) ?? []), performance.now() - began]);
    }
  }
}
for (const [threads, all] of [...times].sort(([a], [b]) => a - b)) {
  const sorted = all.toSorted((a, b) => a - b);
  const [least, median] = [0, 0.5].map((q) => quantileSorted(sorted, q)!.toFixed(2));
  console.log(`${threads} threads: ${median} ms at the median of ${all.length}, ${least} at least`);
}
process.exit();
