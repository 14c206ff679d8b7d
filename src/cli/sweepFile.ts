import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { KEYS } from '../config/fields';
import { listed } from '../lib/words';
import { readLines, SWEEP_FORMAT, SweepFileError, type SweepFile } from '../sweeps/lines';
import { runKey, sweepPrint, type Sweep } from '../sweeps/sweep';
import { BadInput, prepareFile } from './input';
import type { Wanted } from './sweepArguments';

/** The first characters of every line. */
const HEAD = JSON.stringify({ format: SWEEP_FORMAT }).slice(0, -1);

/** True of nothing, and of what a line of a sweep begins with that was never finished. */
const isBroken = (rest: string): boolean =>
  !rest.includes('\n') && HEAD.startsWith(rest.slice(0, HEAD.length));

/** The ways in which the sweep of a file is another one, as “seeds 2, here 4”; empty where it is the same. */
export function differences(there: Pick<SweepFile, 'sweep' | 'text'>, here: Wanted): string[] {
  const parts = ({ typed: { grid, ...rest } }: Sweep) => ({ grid: grid.join(' and '), ...rest });
  const [a, b] = [parts(there.sweep), parts(here.sweep)];
  const axes = [...there.sweep.axes, ...here.sweep.axes].map(({ key }) => key);
  const differs = (name: string, there: unknown, here: unknown) =>
    there === here ? [] : [`${name} ${String(there)}, here ${String(here)}`];
  return [
    ...(['grid', 'seeds', 'steps', 'result'] as const).flatMap((name) =>
      differs(name, a[name], b[name]),
    ),
    ...KEYS.filter((key) => !axes.includes(key)).flatMap((key) =>
      differs(key, there.sweep.base[key], here.sweep.base[key]),
    ),
    ...(there.text === here.print ? [] : ['another text']),
  ];
}

/** The reason why a line that another machine made cannot stand in the file of a sweep; null where it can. */
export function foreign(line: string, wanted: Wanted): string | null {
  try {
    const differs = differences(readLines(`${line}\n`), wanted);
    return differs.length ? `its line is of another sweep: it has ${listed(differs)}.` : null;
  } catch (error) {
    if (error instanceof SweepFileError)
      return `what it printed is no line of a sweep. ${error.message}`;
    throw error;
  }
}

/** The content of a file, empty where there is none. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new BadInput(`--out cannot be read: ${(error as Error).message}.`);
  }
}

function fileOf(path: string, content: string): SweepFile | null {
  try {
    const file = readLines(content);
    if (isBroken(content.slice(file.wholeTo))) return file;
    throw new SweepFileError('Its last line is none of a sweep.');
  } catch (error) {
    if (!(error instanceof SweepFileError)) throw error;
    if (isBroken(content)) return null;
    throw new BadInput(
      `--out: ${path} is no file of a sweep, and stays as it is. ${error.message}`,
    );
  }
}

/**
 * The runs that a file has of a sweep, and how many of its bytes are whole lines.
 *
 * @throws BadInput: it is another file, or of another sweep
 */
export function runsIn(path: string, wanted: Wanted): { keys: Set<string>; content: string } {
  const content = contentOf(path);
  const file = fileOf(path, content);
  if (!file) return { keys: new Set(), content: '' };
  if (sweepPrint(file.sweep) !== sweepPrint(wanted.sweep) || file.text !== wanted.print) {
    const differs = listed(differences(file, wanted));
    throw new BadInput(`--out: ${path} is of another sweep: it has ${differs}. It stays as it is.`);
  }
  return { keys: new Set(file.outcomes.map(runKey)), content: content.slice(0, file.wholeTo) };
}

/** A file that lines are appended to: each is there as a whole, or not at all. */
export async function openSweepFile(path: string, wanted: Wanted) {
  await prepareFile('--out', path);
  const { keys, content } = runsIn(path, wanted);
  const fail = (error: unknown) =>
    new BadInput(`--out cannot be written: ${(error as Error).message}.`);
  let file: number;
  try {
    file = openSync(path, 'a');
    ftruncateSync(file, Buffer.byteLength(content));
    if (content !== '' && !content.endsWith('\n')) writeSync(file, '\n');
  } catch (error) {
    throw fail(error);
  }
  return {
    keys,
    append(line: string): void {
      const bytes = Buffer.from(`${line}\n`);
      try {
        const written = writeSync(file, bytes);
        if (written < bytes.length) throw new Error('there is no room for a whole line');
        fdatasyncSync(file);
      } catch (error) {
        throw fail(error);
      }
    },
    close: () => closeSync(file),
  };
}
