import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openNodeBackend } from '../engine/nodeBackend';
import { createSession, type Session } from '../engine/session';
import type { Config } from '../config/fields';
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

/** `steps` frames, each measured before its update. */
async function measureAll(session: Session, steps: number): Promise<Frame[]> {
  const { layout } = session.report;
  const frames: Frame[] = [];
  while (frames.length < steps) frames.push(unpack(layout, await session.measure(true)));
  return frames;
}

/**
 * Runs what the command line says and writes record.json and weights.safetensors. Prints nothing but
 * the usage, where that is asked for. Throws BadInput for anything wrong with the command line or its files.
 */
export async function record(argv: string[]): Promise<void> {
  const { help, config, steps, out, backend, ...files } = readArguments(argv);
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const text = files.text === null ? await appText() : await readText('--text', files.text);
  const weights = files.weights === null ? null : await readBytes('--weights', files.weights);

  const device = await openNodeBackend(backend);
  const session = startSession(config, text);
  try {
    if (weights) startFrom(session, files.weights!, weights);
    await prepareFolder(out);
    const before = await session.saveWeights();
    const frames = await measureAll(session, steps);
    const { layout } = session.report;
    const run = { config, device, app: await appVersion(), layout, frames };
    await write(out, 'weights.safetensors', before);
    await write(out, 'record.json', recordChunks(run));
  } finally {
    session.dispose();
  }
}

async function write(folder: string, name: string, content: Uint8Array | Iterable<string>) {
  try {
    await writeFile(join(folder, name), content);
  } catch (error) {
    throw new BadInput(`--out cannot be written to: ${(error as Error).message}.`);
  }
}
