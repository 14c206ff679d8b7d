import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { readLab } from '../labs/parse';
import { reasonOf } from '../lib/reason';
import { decodeText } from '../runs/text';
import { BadInput, oneLine, parseCommand } from './input';

/** The text of a file; throws BadInput where there is none. */
async function textOf(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new BadInput(`${path} cannot be read: ${reasonOf(error)}.`);
  });
  const text = decodeText(path, bytes);
  if ('problem' in text) throw new BadInput(text.problem);
  return text.value;
}

/** Reads labs and prints each of their mistakes; exit code 1 where there is one. */
export async function checkLabs(argv: string[]): Promise<void> {
  const { positionals: paths } = parseCommand(argv, {});
  if (!paths.length) throw new BadInput('check needs a file: lab -- check FILE…');
  for (const path of paths) {
    const { mistakes } = readLab(await textOf(path), basename(path, '.md'));
    for (const { line, reason } of mistakes)
      process.stdout.write(`${path}:${line}: ${oneLine(reason)}\n`);
    if (mistakes.length) process.exitCode = 1;
    else process.stdout.write(`${path}: no mistakes\n`);
  }
}
