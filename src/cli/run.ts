import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openNodeBackend } from '../engine/nodeBackend';
import { createSession, type Session } from '../engine/session';
import { adviceOn } from '../config/advice';
import { evaluatesApart } from '../config/applies';
import type { Config } from '../config/fields';
import type { Evaluation } from '../protocol/evaluation';
import { unpack, type Frame } from '../protocol/frame';
import { recordChunks } from '../runs/record';
import { TextError } from '../tasks';
import { BadInput, prepareFolder, readArguments, readBytes, readText, USAGE } from './input';

const fromRoot = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const appVersion = async (): Promise<string> =>
  (JSON.parse(await readFile(fromRoot('package.json'), 'utf8')) as { version: string }).version;
const appText = (): Promise<string> => readFile(fromRoot('public/text/opticks.txt'), 'utf8');

function startSession(config: Config, text: string): Session {
  try {
    return createSession(config, text);
  } catch (error) {
    throw error instanceof TextError ? new BadInput(error.message) : error;
  }
}

function startFrom(session: Session, path: string, bytes: Uint8Array): void {
  try {
    session.loadWeights(bytes);
  } catch (error) {
    throw new BadInput(`--weights ${path}: ${(error as Error).message}`);
  }
}

/** `steps` frames, each measured before its update; evaluated too, where evaluation differs from training. */
async function measureAll(session: Session, steps: number) {
  const { layout } = session.report;
  const frames: Frame[] = [];
  const evaluations = new Map<number, Evaluation>();
  while (frames.length < steps) {
    if (evaluatesApart(session.config)) evaluations.set(session.step, await session.evaluate());
    frames.push(unpack(layout, await session.measure(true)));
  }
  return { frames, evaluations };
}

/**
 * Runs the configuration of a command line and writes record.json and weights.safetensors. Prints the usage
 * where it is asked for, on standard error what of the configuration has nothing to show, and nothing else. Throws BadInput for anything wrong with the command line or its files.
 */
export async function record(argv: string[]): Promise<void> {
  const { help, config, steps, out, backend, ...files } = readArguments(argv);
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  for (const sentence of adviceOn(config)) process.stderr.write(`${sentence}\n`);
  const text = files.text === null ? await appText() : await readText('--text', files.text);
  const weights = files.weights === null ? null : await readBytes('--weights', files.weights);

  const device = await openNodeBackend(backend);
  const session = startSession(config, text);
  try {
    if (weights) startFrom(session, files.weights!, weights);
    await prepareFolder(out);
    const before = await session.saveWeights();
    const measured = await measureAll(session, steps);
    const { layout } = session.report;
    const run = { config, device, app: await appVersion(), layout, ...measured };
    await writeAll(out, { 'record.json': recordChunks(run), 'weights.safetensors': before });
  } finally {
    session.dispose();
  }
}

/** Writes all of the files or none: each under another name first. */
async function writeAll(folder: string, files: Record<string, Uint8Array | Iterable<string>>) {
  const part = (name: string) => join(folder, `${name}.part`);
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(part(name), content);
    for (const name of Object.keys(files)) await rename(part(name), join(folder, name));
  } catch (error) {
    for (const name of Object.keys(files)) await rm(part(name), { force: true });
    throw new BadInput(`--out cannot be written to: ${(error as Error).message}.`);
  }
}
