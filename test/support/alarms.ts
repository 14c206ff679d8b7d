/*
 * The alarms of runs in Node. Of the settings of a link, for so many steps:
 *   npx tsx test/support/alarms.ts 'optimizer=sgd&lr=1.6' 200
 * Of the default page and other ordinary runs, in which there should be none, 1,000 steps each:
 *   npx tsx test/support/alarms.ts
 * Beside each, how near it came: the largest factor by which a site left its band forward, and the gradient of one for
 * three steps in a row; the nats by which the loss did; and the processor time of all rules.
 */
import { readFileSync } from 'node:fs';
import { decode } from '../../src/config/codec';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import { unpack, type Frame } from '../../src/protocol/frame';
import { createWatch } from '../../src/runs/alarms/watch';
import { alarmSentence } from '../../src/runs/alarms/words';

const ORDINARY = [
  '',
  'placement=post',
  'placement=post&seed=1',
  'n_layers=6&placement=post&seed=2',
  'n_layers=6&precision=bf16&norm=rmsnorm&activation=swiglu&positions=rope&bias=false&lr=0.003',
  'n_layers=6&precision=fp16&precision_policy=autocast&loss_scale=dynamic',
  'n_layers=6&precision=fp16&loss_scale=1024',
  'n_layers=4&precision=fp8_e5m2&precision_policy=autocast&loss_scale=dynamic',
  'n_layers=6&placement=sandwich&task=markov&optimizer=muon',
  'n_layers=6&placement=deepnorm&task=induction&optimizer=adam&warmup_steps=100',
  'n_layers=4&norm=batchnorm&task=copy&optimizer=momentum&lr=0.01',
  'n_layers=4&placement=residual&task=modular_addition&optimizer=sgd&lr=0.1',
  'n_layers=6&placement=none&residual_scale=rezero&task=two_modality',
  'n_layers=6&placement=reordered&norm=rmsnorm&qk_norm=rmsnorm_all&activation=swiglu&positions=rope&bias=false&task=sort',
  'n_layers=6&norm=dyt&task=dyck&schedule=cosine&warmup_steps=50',
  'n_layers=6&placement=post&task=parity&warmup_steps=100&dropout=0.1',
  'n_layers=6&init=gpt2&tie_embeddings=true&weight_decay=0.1&schedule=cosine',
  'n_layers=6&stochastic_depth=0.5&dropout=0.2',
];

const text = readFileSync(new URL('../../public/text/opticks.txt', import.meta.url), 'utf8');

/** The largest factor, over all places, between the last values, so many in a row, and those of 50 steps before. */
function largestFactor(series: readonly Float32Array[], row: number): number {
  const [before, last] = [series.slice(-row - 50, -row), series.slice(-row)];
  if (before.length < 5) return 1;
  return series[0]!.reduce((most, _, i) => {
    const at = (frames: readonly Float32Array[]) => frames.map((values) => values[i]!);
    const up = Math.min(...at(last)) / Math.max(...at(before));
    const down = Math.min(...at(before)) / Math.max(...at(last));
    return [up, down].filter(Number.isFinite).reduce((a, b) => Math.max(a, b), most);
  }, 1);
}

async function run(link: string, steps: number): Promise<void> {
  const { config, problems } = decode(link);
  for (const { message } of problems) console.log(message);
  const session = createSession(config, text);
  const { layout } = session.report;
  const watch = createWatch();
  const frames: Frame[] = [];
  let [forward, backward, loss, ms] = [1, 1, -Infinity, 0];
  for (let step = 0; step < steps; step++) {
    const frame = unpack(layout, await session.measure(true));
    const began = process.cpuUsage();
    watch.add({ config, layout, frame });
    const { user, system } = process.cpuUsage(began);
    ms += (user + system) / 1000;
    frames.push(frame);
    if (frames.length > 53) frames.shift();
    forward = Math.max(
      forward,
      largestFactor(
        frames.map(({ site }) => site.rms),
        1,
      ),
    );
    backward = Math.max(
      backward,
      largestFactor(
        frames.map(({ site }) => site.grad_rms),
        3,
      ),
    );
    const losses = frames.map((one) => one.loss);
    if (losses.length < 13) continue;
    const above = Math.min(...losses.slice(-3)) - Math.max(...losses.slice(-53, -3));
    loss = Math.max(loss, above);
  }
  const near = [forward, backward].map((factor) => `×${factor.toFixed(1)}`).join(' ');
  console.log(
    `${watch.alarms().length} alarms; ${near} ${loss.toFixed(2)} nats; ${(ms / steps).toFixed(3)} ms a step: ${link || 'the default'}`,
  );
  for (const alarm of watch.alarms()) console.log(`  ${alarm.rule}: ${alarmSentence(alarm)}`);
  session.dispose();
}

await openNodeBackend('wasm');
const [link, steps = '1000'] = process.argv.slice(2);
for (const one of link === undefined ? ORDINARY : [link]) await run(one, Number(steps));
process.exit();
