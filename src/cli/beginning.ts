import {
  createSession,
  restoreSession,
  type Session,
  type SessionOptions,
} from '../engine/session';
import type { Config } from '../config/fields';
import { fingerprint } from '../lib/hash';
import { CheckpointError, readCheckpointHead } from '../protocol/checkpoint';
import { WeightsMisfit, type LoadedReport, type Transposing } from '../protocol/engine';
import { otherSettings, settingsIn } from '../runs/files';
import { TextError } from '../tasks';
import { readEvents, turnsOf, underWay, type Turn } from './events';
import {
  BadInput,
  oneLine,
  readCheckpointFile,
  readConfig,
  readSettings,
  type Arguments,
} from './input';
import type { StatusLine } from './statusLine';

/** Where a run begins: the settings there, its first step, and the checkpoint that it goes on from, if any. */
export interface Beginning {
  config: Config;
  first: number;
  checkpoint: Uint8Array | null;
  /** The fingerprint of the text that it has learned from, where it has. */
  text: string | null;
}

export async function beginningOf(
  { config, from, weights: path, weightsSettings }: Arguments,
  weights: Uint8Array | null,
): Promise<Beginning> {
  if (from === null) {
    const base = weightsSettings ? readSettings(path!, weights!) : undefined;
    return { config: readConfig(config, base), first: 0, checkpoint: null, text: null };
  }
  const checkpoint = await readCheckpointFile('--from', from);
  try {
    const { config, step, text } = readCheckpointHead(checkpoint);
    return { config, first: step, checkpoint, text };
  } catch (error) {
    throw new BadInput(`--from ${from}: ${(error as Error).message}`);
  }
}

/** The changes that a command line wants; where a run goes on, `--config` is the first of them. */
export function turnsIn(
  { config: typed, from, events }: Arguments,
  { config, first }: Beginning,
  last: number,
): Turn[] {
  const begun = from === null ? config : underWay('--config', config, readConfig(typed, config));
  const later = events === null ? [] : readEvents(events, begun, { first, last });
  return turnsOf(config, [[first, begun], ...later]);
}

export function startSession(
  { config, checkpoint, text: print }: Beginning,
  text: string,
  from: string | null,
  options: SessionOptions,
): Session {
  if (print !== null && print !== fingerprint(text)) {
    throw new BadInput(`--from ${from}: it has learned from another text, which --text must name.`);
  }
  try {
    return checkpoint
      ? restoreSession(checkpoint, text, options)
      : createSession(config, text, options);
  } catch (error) {
    if (error instanceof TextError) throw new BadInput(error.message);
    if (error instanceof CheckpointError) throw new BadInput(`--from ${from}: ${error.message}`);
    throw error;
  }
}

const FLAGS: Record<Transposing, string> = {
  all: '--transpose all turns the square ones too',
  fitting: '--transpose fitting turns those that fit no other way',
};

export function startFrom(
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
