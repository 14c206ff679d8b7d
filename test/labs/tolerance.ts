/**
 * The table of docs/labs.md, “Tolerance”: how far the same run is apart on two backends of Node, after so many steps.
 * `npx tsx test/labs/tolerance.ts webgpu 'n_layers=4'` prints it for one of cpu and webgpu beside wasm, of pre- and post-LN
 * with these settings: of the loss, of the RMS at all sites, forward and backward, and of attention’s entropy.
 */
import { quantileSorted } from 'd3-array';
import { appText, readConfig } from '../../src/cli/input';
import type { Config } from '../../src/config/fields';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import { unpack, type Frame } from '../../src/protocol/frame';
import { openWebGPU } from '../support/dawn';

const STEPS = [0, 20, 100, 200];
const BACKENDS = { cpu: () => openNodeBackend('cpu'), webgpu: openWebGPU };

const [backend = 'cpu', settings = '', last = '200'] = process.argv.slice(2);
const steps = STEPS.filter((step) => step <= Number(last));
const text = await appText();

async function framesOf(config: Config): Promise<Frame[]> {
  const session = createSession(config, text);
  const frames: Frame[] = [];
  for (const step of steps) {
    await session.advance({ until: step, ms: Infinity });
    frames.push(unpack(session.report.layout, await session.measure(false)));
    console.error(`${config.placement}, step ${step}`);
  }
  session.dispose();
  return frames;
}

const apart = (a: number, b: number): number =>
  Object.is(a, b) || a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));

/** The median and the largest difference, of numbers that both have. */
function spread(a: Float32Array, b: Float32Array): string {
  const all = Array.from(a, (x, i) => apart(x, b[i]!)).filter(Number.isFinite);
  all.sort((x, y) => x - y);
  return [0.5, 1].map((at) => quantileSorted(all, at)!.toExponential(1)).join(', ');
}

const configs = ['pre', 'post'].map((placement) =>
  readConfig(`${settings}${settings && '&'}placement=${placement}`),
);
await openNodeBackend('wasm');
const ours: Frame[][] = [];
for (const config of configs) ours.push(await framesOf(config));
await BACKENDS[backend as keyof typeof BACKENDS]();
for (const [i, config] of configs.entries())
  for (const [k, other] of (await framesOf(config)).entries()) {
    const one = ours[i]![k]!;
    const cells = [
      ...[config.placement, backend, one.step, one.loss.toFixed(4)],
      apart(one.loss, other.loss).toExponential(1),
      spread(one.site.rms, other.site.rms),
      spread(one.site.grad_rms, other.site.grad_rms),
      spread(one.head.entropy, other.head.entropy),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
