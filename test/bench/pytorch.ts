import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { encodeSafetensors } from '../../src/lib/safetensors';
import type { Contestant } from './contestant';
import type { Workload } from './workload';

const SCRIPT = join(import.meta.dirname, 'engines/pytorch.py');

/** Writes what the script reads into a folder. */
function writeWorkload(folder: string, { config, weights, batches }: Workload): string[] {
  const files = [join(folder, 'workload.json'), join(folder, 'weights.safetensors')] as const;
  const ids = batches.map(({ inputs, targets }) => [[...inputs], [...targets]]);
  writeFileSync(files[0], JSON.stringify({ config, batches: ids }));
  const tensors = Object.entries(weights).map(([name, weight]) => ({ name, ...weight }));
  writeFileSync(files[1], encodeSafetensors(tensors, {}));
  return [...files];
}

/** PyTorch in a process of its own, with the Python that is named. */
export function pytorch(python: string, makeWorkload: () => Workload): Contestant {
  const folder = mkdtempSync(join(tmpdir(), 'normscope-bench-'));
  let child: ChildProcess | null = null;
  let lines: AsyncIterator<string> | null = null;
  return {
    engine: 'pytorch',
    statistics: false,
    async open() {
      const files = writeWorkload(folder, makeWorkload());
      child = spawn(python, ['-B', SCRIPT, ...files], { stdio: ['pipe', 'pipe', 'inherit'] });
      lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    },
    async steps(count) {
      child!.stdin!.write(`${count}\n`);
      const { value, done } = await lines!.next();
      if (done) throw new Error(`${SCRIPT} ended before its steps were made.`);
      const samples = JSON.parse(value) as [number, number][];
      return samples.map(([stepMs, loss]) => ({ stepMs, loss }));
    },
    deviceBytes: async () => undefined,
    async close() {
      child?.kill();
      rmSync(folder, { recursive: true });
    },
  };
}
