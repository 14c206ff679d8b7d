/*
 * The differences between backends, after so many steps of the same run: `npx tsx test/labs/tolerance.ts`. Prints for each
 * placement and step how far the loss is apart, and of the statistics the median, the 99th percentile and the largest
 * relative difference, each beside wasm.
 */
import { openNodeBackend } from '../../src/engine/nodeBackend';

import { quantileSorted } from 'd3-array';
import { DEFAULTS, type Config } from '../../src/config/fields';
import { appText } from '../../src/cli/input';
import { createSession } from '../../src/engine/session';
import { unpack, type Frame, type Layout } from '../../src/protocol/frame';
import { openWebGPU } from '../support/dawn';
import { writeFileSync } from 'node:fs';

const TEXT = await appText();
const STEPS = [0, 1, 5, 20, 50, 100, 200];
type Moments = Map<number, { layout: Layout; frame: Frame }>;

async function momentsOf(config: Config): Promise<Moments> {
  const session = createSession(config, TEXT);
  const moments: Moments = new Map();
  const start = performance.now();
  for (const step of STEPS) {
    await session.advance({ until: step, ms: 1e9 });
    const { layout } = session.report;
    console.error(step, ((performance.now() - start) / 1000).toFixed(1));
    moments.set(step, { layout, frame: unpack(layout, await session.measure(false)) });
  }
  session.dispose();
  return moments;
}
const CONFIGS = {
  pre: DEFAULTS,
  post: { ...DEFAULTS, placement: 'post' },
} as Record<string, Config>;
const BACKENDS = {
  wasm: () => openNodeBackend('wasm'),
  webgpu: openWebGPU,
  cpu: () => openNodeBackend('cpu'),
} as Record<string, () => Promise<unknown>>;

const found: Record<string, Record<string, Moments>> = {};
const raw: unknown[] = [];
const only = process.argv[2]!;
for (const [backend, open] of Object.entries(BACKENDS).filter(([b]) => b === 'wasm' || b === only)) {
  await open();
  found[backend] = {};
  for (const [name, config] of Object.entries(CONFIGS)) {
    const began = performance.now();
    found[backend][name] = await momentsOf(config);
    console.error(backend, name, ((performance.now() - began) / 1000).toFixed(1), 's');
  }

}
for (const backend of Object.keys(BACKENDS).filter((b) => b === only))
  for (const name of Object.keys(CONFIGS))
    for (const step of STEPS) {
      const a = found.wasm![name]!.get(step)!;
      const b = found[backend]![name]!.get(step)!;
      const rel = (x: number, y: number) => x === y ? 0 : Math.abs(x - y) / Math.max(Math.abs(x), Math.abs(y));
      const out: Record<string, string> = {};
      for (const of of ['site', 'head', 'param'] as const)
        for (const id of Object.keys(a.frame[of])) {
          const xs = a.frame[of][id as never] as Float32Array, ys = b.frame[of][id as never] as Float32Array;
          const d = Array.from(xs, (x, i) => rel(x, ys[i]!)).filter((v) => Number.isFinite(v)).sort((p, q) => p - q);
          const nf = Array.from(xs).filter((x, i) => Number.isFinite(x) !== Number.isFinite(ys[i]!)).length;
          if (d.length) out[`${of}.${id}`] = [0.5, 0.99, 1].map((q) => quantileSorted(d, q)!.toExponential(1)).join(' ') + (nf ? ` NF${nf}` : '');
        }
      raw.push({ backend, name, step, loss: [a.frame.loss, b.frame.loss, rel(a.frame.loss, b.frame.loss)], output: Object.fromEntries(Object.entries(a.frame.output).map(([k, v]) => [k, [v, b.frame.output[k as never], rel(v, b.frame.output[k as never])]])), out });
    }
writeFileSync(`/tmp/tolerance.${only}.json`, JSON.stringify(raw, null, 1));
