/*
 * What a step takes on wasm in each format under each policy, over what it takes in fp32, for some settings of a link:
 *   npx tsx test/support/formats.ts 'n_layers=12&seq_len=32'
 */
import { quantileSorted } from 'd3-array';
import { CHOICES } from '../../src/config/choices';
import { decode } from '../../src/config/codec';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import { TEXT } from '../engine/support';

const [ROUNDS, STEPS, WARM] = [12, 4, 8];

const [settings = '', ...only] = process.argv.slice(2);
await openNodeBackend('wasm');
const kinds = Object.keys(CHOICES.precision)
  .flatMap((format) =>
    format === 'fp32'
      ? format
      : Object.keys(CHOICES.precision_policy).map((policy) => `${format} ${policy}`),
  )
  .filter((kind) => kind === 'fp32' || only.length === 0 || only.includes(kind));
const runs = kinds.map((kind) => {
  const [precision, policy] = kind.split(' ');
  const numerics = `precision=${precision}${policy ? `&precision_policy=${policy}` : ''}`;
  const { config, problems } = decode(`${settings}&${numerics}`);
  for (const { message } of problems) console.log(message);
  return { kind, times: [] as number[], session: createSession(config, TEXT) };
});
const step = async ({ session }: (typeof runs)[number]) => {
  const began = performance.now();
  const { cost } = await session.measure(true);
  if (!cost.replayed) console.log('not replayed');
  return performance.now() - began;
};
for (const { session } of runs) {
  for (let i = 0; i < WARM; i++) await session.measure(true);
}
// In turns: what else the machine does disturbs all.
for (let round = 0; round < ROUNDS; round++) {
  for (const run of runs) {
    await run.session.measure(true);
    for (let i = 0; i < STEPS; i++) run.times.push(await step(run));
  }
}
const quantile = (times: number[], q: number) =>
  quantileSorted(
    times.toSorted((a, b) => a - b),
    q,
  )!;
for (const { kind, times } of runs) {
  const [least, median] = [0, 0.5].map((q) => quantile(times, q).toFixed(2));
  const over = [0, 0.5].map((q) => (quantile(times, q) / quantile(runs[0]!.times, q)).toFixed(2));
  console.log(
    `${kind}: ${median} ms at the median, ${least} at least; ${over[1]} and ${over[0]} of fp32`,
  );
}
process.exit();
