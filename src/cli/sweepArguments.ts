import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { encode } from '../config/codec';
import { DEFAULTS } from '../config/fields';
import { shortened } from '../lib/words';
import { readSweep, textOf, type Sweep } from '../sweeps/sweep';
import { makeTask, TextError } from '../tasks';
import { appText, BadInput, parseOptions, readConfig, readCount, readText } from './input';

export const USAGE = `Usage: npm run --silent sweep -- --grid AXIS [--grid AXIS] --out FILE [options]

Runs a model for each value of one setting, or for all pairs of values of two, and appends a JSON line for each run to
FILE. The same command goes on with a sweep that was stopped: what FILE has is not run again.

  --grid AXIS         'lr=1e-4..1e-1:7log' (7 values by equal factors), 'dropout=0..0.5:6' (evenly) or
                      'placement=pre|post'; given once or twice
  --config SETTINGS   the other settings, as for record: 'n_layers=6&d_model=64', a JSON object, or a link
  --seeds N           seeds of each cell: that of the settings and those that follow (1)
  --steps N           steps of each run (100)
  --result WHAT       the number of a run (loss@last): a quantity with its layer and step, such as
                      'rms@resid_post[0]@10', the quotient of two, such as
                      'grad_rms@resid_post[0]/grad_rms@resid_post[-1]@0', or alarm, the step of the first one
  --out FILE          where lines are appended; made if it is not there
  --text FILE         a UTF-8 text for task text, instead of the app's own
  --jobs N            runs at a time, each in a process of its own (as many as there are processors)
  --engine NAME       processes, of this machine (as without it), or dask
  --scheduler ADDRESS the scheduler of the Dask cluster: tcp://127.0.0.1:8786
  --print-jobs        prints a command for each run that FILE has not, and runs nothing; a command prints its line
  --job RUN           makes one run, '3,0#1': the places on the axes and the seed, from 0; prints its line
  --help              this text
`;

const VALUE = { type: 'string' } as const;
const FLAG = { type: 'boolean', default: false } as const;
const OPTIONS = {
  grid: { ...VALUE, multiple: true },
  config: { ...VALUE, default: '' },
  seeds: { ...VALUE, default: '1' },
  steps: { ...VALUE, default: '100' },
  result: { ...VALUE, default: 'loss@last' },
  out: VALUE,
  text: VALUE,
  jobs: VALUE,
  engine: { ...VALUE, default: 'processes' },
  scheduler: VALUE,
  'print-jobs': FLAG,
  job: VALUE,
  help: FLAG,
} as const;

/** A sweep and the text that its task reads. */
export interface Wanted {
  sweep: Sweep;
  text: string;
  /** The fingerprint of the text; null where no task reads it. */
  print: string | null;
  /** The arguments of the program that name all of this, wherever it is started. */
  argv: string[];
}

/** Where runs are made: in processes of this machine, or on the cluster of a scheduler. */
export type Where = { jobs: number } | { scheduler: string };

/** One run, a list of commands, or all runs that a file lacks. */
export type Deed =
  | { do: 'job'; key: string }
  | { do: 'print'; out: string | null }
  | { do: 'sweep'; out: string; where: Where };

function sweepOf(config: string, typed: Sweep['typed']): Sweep {
  const read = readSweep(typed, readConfig(config));
  if ('problems' in read) throw new BadInput(read.problems.join(' '));
  return read.sweep;
}

/** The text that tasks read, checked where one does. */
async function textFor(sweep: Sweep, path: string | undefined) {
  const text = path === undefined ? await appText() : await readText('--text', path);
  const print = textOf(sweep, text);
  try {
    if (print !== null) makeTask({ ...DEFAULTS, task: 'text' }, text);
  } catch (error) {
    if (error instanceof TextError) throw new BadInput(error.message);
    throw error;
  }
  return { text, print };
}

function argvOf({ base, typed }: Sweep, text: string | undefined): string[] {
  const settings = encode(base);
  return [
    ...(settings ? ['--config', settings] : []),
    ...typed.grid.flatMap((axis) => ['--grid', axis]),
    ...['--seeds', String(typed.seeds), '--steps', String(typed.steps), '--result', typed.result],
    ...(text === undefined ? [] : ['--text', resolve(text)]),
  ];
}

const parse = (argv: string[]) => parseOptions(argv, OPTIONS);
type Given = ReturnType<typeof parse>;

async function wantedOf(given: Given): Promise<Wanted> {
  const { config, grid = [], result, text } = given;
  if (grid.length === 0)
    throw new BadInput('--grid is missing: a setting and its values, such as lr=1e-4..1e-1:7log.');
  const seeds = readCount('--seeds', given.seeds, 1);
  const steps = readCount('--steps', given.steps, 1);
  const sweep = sweepOf(config, { grid, seeds, steps, result });
  return { sweep, ...(await textFor(sweep, text)), argv: argvOf(sweep, text) };
}

function whereOf({ engine, scheduler, jobs }: Given): Where {
  if (engine !== 'processes' && engine !== 'dask')
    throw new BadInput(`--engine is “${shortened(engine)}”; it must be processes or dask.`);
  if (engine === 'processes') {
    if (scheduler !== undefined)
      throw new BadInput('--scheduler is of a Dask cluster, and --engine dask is missing.');
    return { jobs: jobs === undefined ? availableParallelism() : readCount('--jobs', jobs, 1) };
  }
  if (jobs !== undefined)
    throw new BadInput(
      '--jobs is about processes of this machine; on a Dask cluster the threads of workers count.',
    );
  if (!scheduler)
    throw new BadInput(
      '--scheduler is missing: the address of the Dask scheduler, such as tcp://127.0.0.1:8786.',
    );
  return { scheduler };
}

function deedOf(given: Given): Deed {
  const { job, out, 'print-jobs': print } = given;
  const where = whereOf(given);
  if (job !== undefined && (print || out !== undefined))
    throw new BadInput(
      '--job makes one run and prints its line; --out and --print-jobs are about all of them.',
    );
  if (job !== undefined) return { do: 'job', key: job };
  if (out === '') throw new BadInput('--out is empty: the file to append to.');
  if (print) return { do: 'print', out: out ?? null };
  if (out === undefined) throw new BadInput('--out is missing: the file to append lines to.');
  return { do: 'sweep', out, where };
}

/** The sweep that arguments of the program name. */
export const readWanted = (argv: string[]): Promise<Wanted> => wantedOf(parse(argv));

/** The command line, checked with the text that it names; null where help is wanted. */
export async function readArguments(
  argv: string[],
): Promise<{ wanted: Wanted; deed: Deed } | null> {
  const given = parse(argv);
  if (given.help) return null;
  const deed = deedOf(given);
  return { deed, wanted: await wantedOf(given) };
}
