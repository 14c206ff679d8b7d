/**
 * `npm run parity`: compares the engine with an implementation of the same equations in PyTorch, over
 * every choice of every registry, and writes what PyTorch computed to fixtures.jsonl, with which
 * `npm test` compares the engine where there is no PyTorch. `-- --random 200 --from 1000` compares random
 * combinations instead, and writes nothing.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CASES, randomCase, settingsOf, type ParityCase } from './cases';
import { compare, toleranceOf, type Comparison } from './compare';
import { runEngine, type EngineRun } from './engine';
import { writeFixtures, type Computed, type Fixture } from './fixtures';
import { findPython } from './python';

const SCRIPT = join(import.meta.dirname, 'parity.py');
const SHOWN = 15;

/** What PyTorch makes of a run, or what went wrong with it. */
type Result = (Computed & { torch: string; script: string }) | { error: string };

/** Writes each run into a folder, as the command line does, and lets the script read it. */
function computeAll(python: string, runs: EngineRun[]): Result[] {
  const root = mkdtempSync(join(tmpdir(), 'normscope-parity-'));
  try {
    const folders = runs.map(({ record, weights }, i) => {
      const folder = join(root, String(i));
      mkdirSync(folder);
      writeFileSync(join(folder, 'record.json'), JSON.stringify(record));
      writeFileSync(join(folder, 'weights.safetensors'), weights);
      return folder;
    });
    const { status } = spawnSync(python, ['-B', SCRIPT, ...folders], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`${SCRIPT} ended with exit code ${status}.`);
    return folders.map(
      (folder) => JSON.parse(readFileSync(join(folder, 'torch.json'), 'utf8')) as Result,
    );
  } finally {
    rmSync(root, { recursive: true });
  }
}

const shown = (value: number | string) =>
  (typeof value === 'number' ? value.toPrecision(5) : value).padStart(12);

function printWorst(all: (Comparison & { name: string })[]): void {
  console.log(`of what is tolerated       engine      PyTorch  where`);
  for (const { name, what, got, wanted, distance } of all.slice(0, SHOWN)) {
    const share = `${(100 * distance).toFixed(1)} %`.padStart(20);
    console.log(`${share} ${shown(got)} ${shown(wanted)}  ${name}: ${what}`);
  }
}

/** The cases of the fixtures, or with `--random N` so many that nobody has picked, from seed `--from` on. */
function casesAsked(): { cases: ParityCase[]; areFixtures: boolean } {
  const number = { type: 'string', default: '0' } as const;
  const { random, from } = parseArgs({ options: { random: number, from: number } }).values;
  const seeds = Array.from({ length: Number(random) }, (_, i) => Number(from) + i);
  return seeds.length
    ? { cases: seeds.map(randomCase), areFixtures: false }
    : { cases: CASES, areFixtures: true };
}

async function main(): Promise<number> {
  const { cases, areFixtures } = casesAsked();
  const python = findPython();
  if (!python) {
    console.error(
      'Parity needs a Python 3 with PyTorch: install it (Debian: apt-get install python3-torch; else: pip install torch), or name one that has it in PYTHON.',
    );
    return 1;
  }
  const runs: EngineRun[] = [];
  for (const one of cases) runs.push(await runEngine(one));

  const fixtures: Fixture[] = [];
  const versions = new Set<string>();
  const errors: string[] = [];
  const all: (Comparison & { name: string })[] = [];
  computeAll(python, runs).forEach((result, i) => {
    const { name } = cases[i]!;
    if ('error' in result) {
      errors.push(`${name}: ${result.error}`);
      return;
    }
    const { torch, script, ...computed } = result;
    versions.add(`PyTorch ${torch}, parity.py version ${script}`);
    fixtures.push({ name, settings: settingsOf(cases[i]!), computed });
    all.push(
      ...compare(runs[i]!.computed, computed, toleranceOf(cases[i]!)).map((one) => ({
        name,
        ...one,
      })),
    );
  });
  if (areFixtures) writeFixtures([...versions].join('; '), fixtures);

  all.sort((a, b) => b.distance - a.distance);
  printWorst(all);
  errors.forEach((error) => {
    console.log(`not computed  ${error}`);
  });
  const wrong = all.filter(({ distance }) => !(distance <= 1)).length;
  console.log(
    `\n${cases.length} cases, ${all.length} numbers: ${wrong} further apart than is tolerated, ${errors.length} cases not computed (${[...versions].join('; ')})`,
  );
  return wrong + errors.length === 0 ? 0 : 1;
}

process.exitCode = await main();
