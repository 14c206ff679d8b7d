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

/** Columns that the model alone decides: neither updates nor running statistics, nor what casts lose. */
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

/** The distance of a model in PyTorch from the engine. */
export interface Result {
  /** Drawn tensors: the largest difference of each, beside the largest number where that is over 1. */
  apart: Record<string, number | string>;
  /** Where draws are named by their place in the batch: that of two halves of it from the whole. */
  halves: number;
  /** All that is told of a frame. */
  frame: Comparison[];
}

type Told = Computed & Omit<Result, 'frame'>;

/** Writes a run into a folder, as a script of PyTorch and what it is compared with. */
function write(folder: string, config: Config, run: Engine) {
  mkdirSync(folder);
  writeFileSync(join(folder, 'model.py'), script(config));
  writeFileSync(join(folder, 'text.txt'), TEXT);
  writeFileSync(join(folder, 'record.json'), JSON.stringify(run.record));
  writeFileSync(join(folder, 'initial.safetensors'), run.initial);
  writeFileSync(join(folder, 'weights.safetensors'), run.weights);
}

function compared(config: Config, run: Engine, told: Told | { error: string }): Result | string {
  if ('error' in told) return told.error;
  const { apart, halves, ...computed } = told;
  const all = compare(run.computed, computed, toleranceOf({ name: '', config, steps: 1 }));
  // Of the update, which is training's.
  return { apart, halves, frame: all.filter(({ what }) => !what.endsWith(' update_ratio')) };
}

/** Runs every configuration in one process of Python, beside the engine; a text says what went wrong with one. */
export async function besideEngine(
  python: string,
  configs: readonly Config[],
): Promise<(Result | string)[]> {
  const root = mkdtempSync(join(tmpdir(), 'normscope-pytorch-'));
  try {
    const runs: Engine[] = [];
    const folders = configs.map((_, i) => join(root, String(i)));
    for (const [i, config] of configs.entries()) {
      runs.push(await runEngine(config));
      write(folders[i]!, config, runs[i]!);
    }
    const env = { ...process.env, OMP_NUM_THREADS: '1' };
    const { status } = spawnSync(python, ['-B', DRIVER, ...folders], { stdio: 'inherit', env });
    if (status !== 0) throw new Error(`${DRIVER} ended with exit code ${status}.`);
    return configs.map((config, i) => {
      const told = readFileSync(join(folders[i]!, 'torch.json'), 'utf8');
      return compared(config, runs[i]!, JSON.parse(told) as Told | { error: string });
    });
  } finally {
    rmSync(root, { recursive: true });
  }
}
