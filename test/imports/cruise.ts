import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
const config = resolve(root, '.dependency-cruiser.cjs');

/** The tables that the rules are made from. */
export const { folders, reserved } = createRequire(import.meta.url)('./table.cjs') as {
  folders: Record<string, string[]>;
  reserved: Record<'tensorflow' | 'react', { folders: string[] }>;
};

export interface Violation {
  rule: string;
  from: string;
  to: string;
}

/** Reads every module of `src/` in the given folder and reports the imports that break the rule. */
export async function cruise(
  folder = root,
): Promise<{ modules: string[]; violations: Violation[] }> {
  const program = resolve(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  // The JSON reporter always exits with 0: what it says is in the output.
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, 'src', '--config', config, '--output-type', 'json', '--no-progress'],
    { cwd: folder, maxBuffer: 1 << 28 },
  );
  const result = JSON.parse(stdout) as {
    modules: { source: string }[];
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
  };
  return {
    modules: result.modules.map((m) => m.source).filter((s) => s.startsWith('src/')),
    violations: result.summary.violations.map((v) => ({ ...v, rule: v.rule.name })),
  };
}
