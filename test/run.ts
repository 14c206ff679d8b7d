/**
 * `npm test`: everything a submission must pass. `npm run check`: the quick part of it.
 * Every step runs even if an earlier one failed; the last line says how many checks and tests passed
 * and how many did not. A test that was skipped, or a test file that did not run, has not passed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { findPython } from './parity/python';

const root = resolve(import.meta.dirname, '..');
const quick = process.argv[2] === 'check';
const results = resolve(root, '.cache/test');

/** Where there is no Python with PyTorch, its tests are left out. */
const python = quick ? undefined : findPython();
/** Test files that are left out where no Python has what they need, `*` for a part of a name; `check` has none of them. */
const NEEDS_PYTHON = quick
  ? []
  : [
      { file: 'test/browser/python.spec.ts', needs: 'PyTorch', python },
      { file: 'test/pytorch/*.slow.test.ts', needs: 'PyTorch', python },
      {
        file: 'test/cli/sweepDask.slow.test.ts',
        needs: 'distributed',
        python: findPython('distributed'),
      },
    ];
const WITHOUT_PYTHON = NEEDS_PYTHON.filter(({ python }) => !python);
const isLeftOut = (name: string) =>
  WITHOUT_PYTHON.some(({ file }) => {
    const [before, after = before] = file.split('*');
    return name.startsWith(before!) && name.endsWith(after!);
  });

let passed = 0;
let failed = 0;
const failures: string[] = [];
/** Tests that were left out, told before the last line. */
const leftOut: string[] = [];

function fail(what: string, count = 1) {
  failed += count;
  failures.push(what);
}

/** Runs a program of node_modules and returns its exit code. */
function run(file: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [resolve(root, 'node_modules', file), ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('error', (error) => {
      console.error(String(error));
      done(1);
    });
    child.on('close', (code) => {
      done(code ?? 1);
    });
  });
}

async function check(title: string, file: string, args: string[]): Promise<boolean> {
  console.log(`\n${title}`);
  return judge(title, await run(file, args));
}

function judge(title: string, code: number): boolean {
  if (code === 0) passed++;
  else fail(title);
  return code === 0;
}

/** Runs checks two at a time, as many as the processors of a small machine; each is told as a whole, once it has ended. */
async function checks(all: [title: string, file: string, args: string[]][]) {
  const left = [...all];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const [title, file, args] = next;
      const { said, code } = await runQuietly(file, args);
      console.log(`\n${title}\n${said}`.trimEnd());
      judge(title, code);
    }
  };
  await Promise.all([work(), work()]);
}

/** Runs a program of node_modules; returns all that it printed, and its exit code. */
function runQuietly(file: string, args: string[]): Promise<{ said: string; code: number }> {
  return new Promise((done) => {
    const program = resolve(root, 'node_modules', file);
    const child = spawn(process.execPath, [program, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    child.on('error', (error) => {
      done({ said: String(error), code: 1 });
    });
    child.on('close', (code) => {
      done({ said, code: code ?? 1 });
    });
  });
}

interface Report {
  testResults: {
    name: string;
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

/** Projects of `vitest.config.ts` by suite. */
const PROJECTS = { unit: ['alone', 'unit'], browser: ['browser', 'browser-timed'] };

/** Every test file on disk of one suite, so that one which the runner overlooks is noticed. */
function filesOf(suite: keyof typeof PROJECTS): string[] {
  return ['src', 'test']
    .flatMap((folder) =>
      readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        `${folder}/${name}`.replaceAll('\\', '/'),
      ),
    )
    .filter((name) => /\.(test|spec)\.[cm]?[jt]sx?$/.test(name))
    .filter((name) => name.startsWith('test/browser/') === (suite === 'browser'))
    .filter((name) => !(quick && name.endsWith('.slow.test.ts')))
    .filter((name) => !isLeftOut(name));
}

async function tests(suite: keyof typeof PROJECTS) {
  console.log(`\n${suite} tests`);
  const output = resolve(results, `${suite}.json`);
  rmSync(output, { force: true });
  const code = await run(
    'vitest/vitest.mjs',
    [
      'run',
      ...PROJECTS[suite].map((project) => `--project=${project}`),
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${output}`,
      '--allowOnly=false',
      ...WITHOUT_PYTHON.map(({ file }) => `--exclude=${file}`),
    ],
    { NORMSCOPE_FAST: quick ? '1' : '' },
  );
  if (!existsSync(output)) {
    fail(`${suite} tests: no result`);
    return;
  }

  const report = JSON.parse(readFileSync(output, 'utf8')) as Report;
  const before = { passed, failed };
  for (const file of report.testResults) {
    const name = relative(root, file.name);
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed++;
      else fail(`${name}: ${test.fullName} (${test.status})`);
    }
    // A file that could not be loaded has no tests to count.
    if (file.assertionResults.length === 0) fail(`${name}: ran no tests. ${file.message}`);
    else if (file.status !== 'passed' && file.assertionResults.every((t) => t.status === 'passed'))
      fail(`${name}: ${file.message || file.status}`);
  }
  const ran = new Set(report.testResults.map((file) => relative(root, file.name)));
  for (const name of filesOf(suite)) if (!ran.has(name)) fail(`${name}: was not run`);
  if (passed === before.passed && failed === before.failed) fail(`${suite} tests: ran none`);
  // An error outside any test, such as a rejection nobody handled, shows in the exit code alone.
  if (code !== 0 && failed === before.failed) fail(`${suite} tests: exit code ${code}`);
}

/** Runs Python's unittest in a folder; returns what it says, which also goes to the terminal, and its exit code. */
function unittest(python: string, folder: string): Promise<{ said: string; code: number }> {
  return new Promise((done) => {
    const child = spawn(python, ['-B', '-m', 'unittest'], {
      cwd: resolve(root, folder),
      stdio: ['ignore', 'inherit', 'pipe'],
      // On few processors that others use, more threads wait for each other.
      env: { ...process.env, OMP_NUM_THREADS: '1', NORMSCOPE_NODE: process.execPath },
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      process.stderr.write(text);
    });
    child.on('error', (error) => {
      done({ said: String(error), code: 1 });
    });
    child.on('close', (code) => {
      done({ said, code: code ?? 1 });
    });
  });
}

/** Tests that cannot run are told; where Python was to be there, they have failed. */
function leaveOut(tests: string, needs: string) {
  const what = `${tests}: not run, as no Python has ${needs} (PYTHON names one that has)`;
  if (process.env.NORMSCOPE_PYTHON === 'required') fail(what);
  else leftOut.push(what);
}

/** The tests of the Python package, where there is a Python with PyTorch. */
async function pythonTests() {
  for (const { file, needs } of WITHOUT_PYTHON) leaveOut(file, needs);
  console.log('\npython tests');
  if (!python) {
    leaveOut('python tests', 'PyTorch');
    return;
  }
  const { said, code } = await unittest(python, 'python');
  const before = failed;
  const ran = Number(/^Ran (\d+) tests? in /m.exec(said)?.[1] ?? 0);
  // One title for each test or part of a test that failed.
  const titles = [...said.matchAll(/^(?:FAIL|ERROR|UNEXPECTED SUCCESS): (.*)$/gm)].map(
    ([, t]) => t!,
  );
  const skipped = Number(/skipped=(\d+)/.exec(said)?.[1] ?? 0);
  for (const title of titles) fail(`python: ${title}`);
  if (skipped) fail('python tests: skipped', skipped);
  const tests = new Set(titles.map((title) => title.replace(/(\)) [[(].*$/, '$1')));
  passed += Math.max(0, ran - tests.size - skipped);
  if (ran === 0) fail('python tests: ran none');
  else if (code !== 0 && failed === before) fail(`python tests: exit code ${code}`);
}

mkdirSync(results, { recursive: true });
const assembly = 'src/kernels/assembly';
const kernels = (target: string): [string, string, string[]] => {
  const args = [`${assembly}/index.ts`, '--config', `${assembly}/asconfig.json`];
  return [`kernels, ${target}`, 'assemblyscript/bin/asc.js', [...args, '--target', target]];
};
// The longest ones first, so that both hands are full to the end.
await checks([
  ['lint', 'eslint/bin/eslint.js', ['.', '--max-warnings=0']],
  ['types', 'typescript/bin/tsc', []],
  ['format', 'prettier/bin/prettier.cjs', ['--check', '--log-level=warn', '.']],
  kernels('simd'),
  kernels('relaxed'),
  ['import rule', 'tsx/dist/cli.mjs', ['test/imports/check.ts']],
]);
await tests('unit');
if (!quick) {
  const built = await check('build', 'vite/bin/vite.js', ['build', '--logLevel=warn']);
  if (built) await tests('browser');
  else fail('browser tests: nothing to test', filesOf('browser').length || 1);
  await pythonTests();
}

if (failures.length > 0) console.log(`\nFailed:\n${failures.map((f) => `  ${f}`).join('\n')}`);
if (leftOut.length > 0) console.log(`\nLeft out:\n${leftOut.map((l) => `  ${l}`).join('\n')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
