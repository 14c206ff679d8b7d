import { fileURLToPath } from 'node:url';
import { reasonOf } from '../lib/reason';
import { counted } from '../lib/words';
import { cellWords, runKey, runsOf, type SweepRun } from '../sweeps/sweep';
import { oneLine } from './input';
import { readArguments, USAGE, type Wanted, type Where } from './sweepArguments';
import { onCluster } from './sweepDask';
import type { Engine } from './sweepEngine';
import { openSweepFile, runsIn } from './sweepFile';
import { checkKey, openJobs } from './sweepJob';
import { createSweepLine } from './sweepLine';
import { inProcesses } from './sweepPool';
import { createStatusLine, type StatusLine, type Terminal } from './statusLine';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** An argument as a shell takes it for one. */
const quoted = (text: string): string =>
  /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** The command of a run, which can be started in any folder. */
const commandOf = ({ argv }: Wanted, run: SweepRun): string =>
  ['npm', '--prefix', ROOT, 'run', '--silent', 'sweep', '--', ...argv, '--job', runKey(run)]
    .map(quoted)
    .join(' ');

/** Makes one run and prints its line, or says why it cannot be made. */
async function makeOne(wanted: Wanted, key: string, terminal: Terminal): Promise<void> {
  const make = await openJobs(wanted);
  try {
    process.stdout.write(`${await make(key)}\n`);
  } catch (error) {
    terminal.write(`${oneLine(reasonOf(error))}\n`);
    process.exitCode = 1;
  }
}

const engineOf = (wanted: Wanted, where: Where): Engine =>
  'jobs' in where ? inProcesses(wanted, where.jobs) : onCluster(wanted, where.scheduler);

const runsThere = (count: number): string => `${counted(count)} run${count === 1 ? '' : 's'}`;

/** Makes the runs that a file lacks, and says what it has then. */
async function fill(wanted: Wanted, out: string, where: Where, line: StatusLine): Promise<void> {
  const { sweep } = wanted;
  const runs = runsOf(sweep);
  const file = await openSweepFile(out, wanted);
  const missing = runs.filter((run) => !file.keys.has(runKey(run)));
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  const there = runs.length - missing.length;
  line.say(`${runsThere(runs.length)}${there ? `, of which ${out} has ${counted(there)}` : ''}.`);
  let made = 0;
  try {
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    const status = createSweepLine(line, missing, sweep.typed.steps);
    if (missing.length)
      await engineOf(wanted, where)(
        missing,
        {
          stepped: status.stepped,
          made(run, text) {
            file.append(text);
            made++;
            status.ended(run);
          },
          failed(run, reason) {
            line.say(`${cellWords(sweep, run.cell)}, seed ${run.config.seed}: ${reason}`);
            status.ended(run);
          },
          say: line.say,
        },
        stop.signal,
      );
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    line.clear();
    file.close();
  }
  const lacks = missing.length - made;
  line.say(
    lacks
      ? `${out} has ${counted(there + made)} of ${runsThere(runs.length)}; the same command makes the others.`
      : `${out} has all ${runsThere(runs.length)}.`,
  );
  if (lacks) process.exitCode = stop.signal.aborted ? 130 : 1;
}

/** Makes the runs of a command line’s sweep; throws BadInput for anything wrong with it. */
export async function sweep(argv: string[], terminal: Terminal = process.stderr): Promise<void> {
  const given = await readArguments(argv);
  if (!given) {
    process.stdout.write(USAGE);
    return;
  }
  const { wanted, deed } = given;
  if (deed.do === 'job') {
    checkKey(wanted, deed.key);
    await makeOne(wanted, deed.key, terminal);
  } else if (deed.do === 'print') {
    const keys = deed.out === null ? new Set<string>() : runsIn(deed.out, wanted).keys;
    const missing = runsOf(wanted.sweep).filter((run) => !keys.has(runKey(run)));
    process.stdout.write(missing.map((run) => `${commandOf(wanted, run)}\n`).join(''));
  } else {
    await fill(wanted, deed.out, deed.where, createStatusLine(terminal));
  }
}
