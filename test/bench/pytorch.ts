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

/** `--card`: on a graphics card, where PyTorch has one; `--compile`: by torch.compile. */
export type Flag = '--card' | '--compile';

/** PyTorch in a process of its own, with the Python that is named. */
export function pytorch(python: string, makeWorkload: () => Workload, flags: Flag[]): Contestant {
  let folder: string | null = null;
  let child: ChildProcess | null = null;
  let lines: AsyncIterator<string> | null = null;
  /** What the script says next. */
  async function said<Message>(): Promise<Message> {
    const { value, done } = await lines!.next();
    if (done) throw new Error(`${SCRIPT} ended before its steps were made.`);
    const message = JSON.parse(value) as Message | { error: string };
    if (typeof message === 'object' && message !== null && 'error' in message) {
      throw new Error(message.error);
    }
    return message as Message;
  }
  return {
    engine: flags.includes('--compile') ? 'pytorch_compile' : 'pytorch',
    statistics: false,
    async open() {
      folder = mkdtempSync(join(tmpdir(), 'normscope-bench-'));
      const files = writeWorkload(folder, makeWorkload());
      child = spawn(python, ['-B', SCRIPT, ...files, ...flags], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
      const device = await said<string>();
      return flags.includes('--card') ? { device } : {};
    },
    async steps(count) {
      child!.stdin!.write(`${count}\n`);
      return (await said<[number, number][]>()).map(([stepMs, loss]) => ({ stepMs, loss }));
    },
    totals: async () => undefined,
    async close() {
      child?.kill('SIGKILL');
      if (folder) rmSync(folder, { recursive: true });
      folder = null;
    },
  };
}
