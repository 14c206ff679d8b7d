import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/fields';
import { SITE_STATISTICS, type SiteStatistic } from '../../src/config/statistics';
import { openNodeBackend } from '../../src/engine/nodeBackend';
import { createSession } from '../../src/engine/session';
import { decodeSafetensors } from '../../src/lib/safetensors';
import { unpack } from '../../src/protocol/frame';
import { script } from '../../src/pytorch/script';
import { buildRecord, type RecordFrame } from '../../src/runs/record';
import { TEXT } from '../engine/support';
import { perturb } from '../parity/cases';
import { compare, toleranceOf, type Comparison } from '../parity/compare';
import type { Computed } from '../parity/fixtures';

const DRIVER = join(import.meta.dirname, 'model.py');
const BUFFER = /\.(running_mean|running_var|u)$/;

interface Engine {
  computed: Computed;
  record: object;
  initial: Uint8Array;
  weights: Uint8Array;
}

const rms = (data: Float32Array): number =>
  Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length);

/** What the model alone is told by: neither updates nor running statistics, nor what casts lose. */
function ofModel({ output, param, site, norm: _, ...frame }: RecordFrame): RecordFrame {
  const isCount = (id: string) => SITE_STATISTICS[id as SiteStatistic].counts !== undefined;
  const { logit_rms, output_entropy, accuracy, ece } = output;
  const params = Object.entries(param).map(([name, { param_rms, param_grad_rms }]) => [
    name,
    { param_rms, param_grad_rms },
  ]);
  return {
    ...frame,
    site: Object.fromEntries(Object.entries(site).filter(([id]) => !isCount(id))),
    output: { logit_rms, output_entropy, accuracy, ece } as RecordFrame['output'],
    param: Object.fromEntries(params) as RecordFrame['param'],
  };
}

/** Step 0 on the wasm backend, from weights that hide no term of a gradient behind a gain of 1 or a bias of 0. */
async function runEngine(config: Config): Promise<Engine> {
  const device = await openNodeBackend('wasm');
  const session = createSession(config, TEXT);
  const initial = await session.saveWeights();
  await perturb(session);
  const weights = await session.saveWeights();
  const { layout } = session.report;
  const frames = [unpack(layout, await session.measure(true))];
  const after = decodeSafetensors(await session.saveWeights()).tensors;
  session.dispose();
  const record = buildRecord({ config, device, app: 'test', layout, frames });
  const buffers = [...after].filter(([name]) => BUFFER.test(name));
  return {
    computed: {
      sites: record.sites,
      frames: record.frames.map(ofModel),
      buffers: Object.fromEntries(buffers.map(([name, { data }]) => [name, rms(data)])),
    },
    record,
    initial,
    weights,
  };
}

/** How far a model in PyTorch is from the engine. */
export interface Result {
  config: Config;
  error?: string;
  /** Drawn tensors: the largest difference of each. */
  apart: Record<string, number | string>;
  /** All that is told of a frame. */
  frame: Comparison[];
}

/** Writes every configuration as a model of PyTorch and runs them in one process, beside the engine. */
export async function besideEngine(python: string, configs: Config[]): Promise<Result[]> {
  const root = mkdtempSync(join(tmpdir(), 'normscope-pytorch-'));
  try {
    const runs: Engine[] = [];
    const folders: string[] = [];
    for (const [i, config] of configs.entries()) {
      const run = await runEngine(config);
      const folder = join(root, String(i));
      mkdirSync(folder);
      writeFileSync(join(folder, 'model.py'), script(config));
      writeFileSync(join(folder, 'text.txt'), TEXT);
      writeFileSync(join(folder, 'record.json'), JSON.stringify(run.record));
      writeFileSync(join(folder, 'initial.safetensors'), run.initial);
      writeFileSync(join(folder, 'weights.safetensors'), run.weights);
      runs.push(run);
      folders.push(folder);
    }
    const { status } = spawnSync(python, ['-B', DRIVER, ...folders], {
      stdio: 'inherit',
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    if (status !== 0) throw new Error(`${DRIVER} ended with exit code ${status}.`);
    return folders.map((folder, i) => {
      const result = JSON.parse(readFileSync(join(folder, 'torch.json'), 'utf8')) as Computed & {
        apart: Result['apart'];
        error?: string;
      };
      const config = configs[i]!;
      if (result.error !== undefined) return { config, error: result.error, apart: {}, frame: [] };
      const { apart, ...computed } = result;
      const compared = compare(
        runs[i]!.computed,
        computed,
        toleranceOf({ name: '', config, steps: 1 }),
      );
      // Of the update, which is training's.
      const frame = compared.filter(({ what }) => !what.endsWith(' update_ratio'));
      return { config, apart, frame };
    });
  } finally {
    if (!process.env.NORMSCOPE_KEEP) rmSync(root, { recursive: true });
    else console.log(root);
  }
}
