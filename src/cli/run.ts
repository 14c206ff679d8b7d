import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openNodeBackend } from '../engine/nodeBackend';
import { createSession, type Session } from '../engine/session';
import { adviceOn } from '../config/advice';
import { evaluatesApart } from '../config/applies';
import { WeightsMisfit, type LoadedReport, type Transposing } from '../protocol/engine';
import type { Evaluation } from '../protocol/evaluation';
import type { Frame } from '../protocol/frame';
import { divergenceWords } from '../runs/divergence';
import { otherSettings, settingsIn } from '../runs/files';
import { createFrameLog, type FrameLog } from '../runs/log';
import { recordChunks } from '../runs/record';
import { stallSentence } from '../runs/stall';
import { TextError } from '../tasks';
import {
  BadInput,
  oneLine,
  prepareFolder,
  readArguments,
  readConfig,
  readSettings,
  readText,
  readWeightsFile,
  USAGE,
  type Arguments,
} from './input';
import { createRunLine, createStatusLine, type StatusLine, type Terminal } from './statusLine';

type Device = Awaited<ReturnType<typeof openNodeBackend>>;

const fromRoot = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const appVersion = async (): Promise<string> =>
  (JSON.parse(await readFile(fromRoot('package.json'), 'utf8')) as { version: string }).version;
const appText = (): Promise<string> => readFile(fromRoot('public/text/opticks.txt'), 'utf8');

function startSession(...[config, text, options]: Parameters<typeof createSession>): Session {
  try {
    return createSession(config, text, options);
  } catch (error) {
    throw error instanceof TextError ? new BadInput(error.message) : error;
  }
}

const FLAGS: Record<Transposing, string> = {
  all: '--transpose all turns the square ones too',
  fitting: '--transpose fitting turns those that fit no other way',
};

function startFrom(
  session: Session,
  path: string,
  bytes: Uint8Array,
  { weightsSettings, transpose }: Pick<Arguments, 'weightsSettings' | 'transpose'>,
  say: StatusLine['say'],
): void {
  const warn = (text: string) => {
    say(oneLine(text));
  };
  const differs = otherSettings(bytes, session.config);
  const canTake = !weightsSettings && !settingsIn(bytes)?.problems.length;
  const advice = canTake ? ' --weights-settings takes those of the file.' : '';
  const other = differs ? ` ${differs}${advice}` : '';
  let loaded: LoadedReport;
  try {
    loaded = session.loadWeights(bytes, transpose);
  } catch (error) {
    const ways = error instanceof WeightsMisfit ? error.ways.map((way) => FLAGS[way]) : [];
    const offer = ways.length ? ` ${ways.join('; ')}.` : '';
    throw new BadInput(`--weights ${path}: ${(error as Error).message}${offer}${other}`);
  }
  if (other) warn(`--weights ${path}:${other}`);
  const { remarks = [], warnings = [], mayLieTransposed } = loaded;
  if (warnings.length) warn(`--weights ${path}: ${warnings.join(' ')}`);
  if (remarks.length) warn(`--weights ${path}: ${remarks.join(' ')}`);
  if (mayLieTransposed) {
    warn(
      `--weights ${path}: its matrices are all square and were read as [in, out], and nothing tells whether they are [out, in]. ${FLAGS.all}.`,
    );
  }
}

/** `steps` frames, each measured before its update; evaluated too, where evaluation differs from training. */
async function measureAll(session: Session, device: Device, steps: number, stepped: () => void) {
  const { config } = session;
  const { layout } = session.report;
  const log = createFrameLog<'run'>({ limit: Infinity, onThinned() {} });
  log.begin('run', { config, layout, device }, true);
  const frames: Frame[] = [];
  const evaluations = new Map<number, Evaluation>();
  while (frames.length < steps) {
    if (evaluatesApart(config)) evaluations.set(session.step, await session.evaluate());
    frames.push(log.add('run', await session.measure(true)).frame);
    stepped();
  }
  return { frames, evaluations, summary: log.summary('run') };
}

/** Faults in the numbers, a line each, as the page says them. */
function* troubles({ divergence, stall }: ReturnType<FrameLog<'run'>['summary']>) {
  if (divergence) yield divergenceWords(divergence).join(` ${divergence.site}`);
  if (stall) yield stallSentence(stall);
}

/**
 * Runs the configuration of a command line and writes record.json and weights.safetensors. Prints the usage
 * where it is asked for, and on standard error what a person should know of the configuration, the weights, and where
 * numbers went wrong; where that is a terminal, a line that is gone in the end tells how far the run is. Throws BadInput
 * for anything wrong with the command line or its files.
 */
export async function record(argv: string[], terminal: Terminal = process.stderr): Promise<void> {
  const { help, config: typed, steps, out, backend, ...files } = readArguments(argv);
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const weights = files.weights === null ? null : await readWeightsFile('--weights', files.weights);
  const config = readConfig(
    typed,
    files.weightsSettings ? readSettings(files.weights!, weights!) : undefined,
  );
  const line = createStatusLine(terminal);
  const run = createRunLine(line, steps);
  for (const sentence of adviceOn(config)) line.say(sentence);
  const text = files.text === null ? await appText() : await readText('--text', files.text);

  const device = await openNodeBackend(backend);
  let session: Session | null = null;
  try {
    session = startSession(config, text, { tell: run.engine });
    if (weights) startFrom(session, files.weights!, weights, files, line.say);
    await prepareFolder(out);
    const before = await session.saveWeights();
    const { summary, ...measured } = await measureAll(session, device, steps, run.stepped);
    const { layout } = session.report;
    const whole = { config, device, app: await appVersion(), layout, ...measured };
    await writeAll(out, { 'record.json': recordChunks(whole), 'weights.safetensors': before });
    for (const trouble of troubles(summary)) line.say(trouble);
  } finally {
    line.clear();
    session?.dispose();
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
