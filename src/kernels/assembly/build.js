/*
 * Compiles the kernels for machines with and without relaxed SIMD, each in a form that computes in float32 and in
 * one that rounds (see rounding.ts).
 */
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('.', import.meta.url));
for (const target of ['simd', 'relaxed', 'simd.rounding', 'relaxed.rounding']) {
  const entry = target.endsWith('rounding') ? 'roundingIndex.ts' : 'index.ts';
  const { error, stderr } = await main(
    [entry, '--config', 'asconfig.json', '--target', target, '--baseDir', folder],
  );
  if (error) {
    process.stderr.write(stderr.toString());
    process.exitCode = 1;
    break;
  }
}
