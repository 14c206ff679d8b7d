import { join } from 'node:path';
import { adviceOn } from '../config/advice';
import { openNodeBackend } from '../engine/nodeBackend';
import type { Session } from '../engine/session';
import { divergenceWords } from '../runs/divergence';
import { runOf } from '../runs/files';
import type { FrameLog } from '../runs/log';
import { historyMetadata, recordChunks, recordHead } from '../runs/record';
import { stallSentence } from '../runs/stall';
import { historyPieces } from '../runs/tables/history';
import { beginningOf, startFrom, startSession, turnsIn } from './beginning';
import { runThrough } from './course';
import {
  appText,
  appVersion,
  BadInput,
  prepareFile,
  prepareFolder,
  readArguments,
  readText,
  readWeightsFile,
  tableFormOf,
  USAGE,
} from './input';
import { createRunLine, createStatusLine, type Terminal } from './statusLine';
import { writeAll } from './writeAll';

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
  const given = readArguments(argv);
  if (given.help) {
    process.stdout.write(USAGE);
    return;
  }
  const { steps, out, from, saveCheckpoint, history } = given;
  const weights = given.weights === null ? null : await readWeightsFile('--weights', given.weights);
  const beginning = await beginningOf(given, weights);
  const { config, first } = beginning;
  const end = first + steps;
  const turns = turnsIn(given, beginning, end - 1);
  const at = saveCheckpoint === null ? null : (given.at ?? end);
  if (at !== null && (at < first || at > end)) {
    throw new BadInput(`--at is ${at}; this run goes from step ${first} to step ${end}.`);
  }
  const line = createStatusLine(terminal);
  const run = createRunLine(line, steps);
  for (const sentence of new Set([config, ...turns.map((turn) => turn.config)].flatMap(adviceOn)))
    line.say(sentence);
  const text = given.text === null ? await appText() : await readText('--text', given.text);

  const device = await openNodeBackend(given.backend);
  let session: Session | null = null;
  try {
    session = startSession(beginning, text, from, { tell: run.engine });
    if (weights) startFrom(session, given.weights!, weights, given, line.say);
    await prepareFolder('--out', out);
    if (saveCheckpoint !== null) await prepareFile('--save-checkpoint', saveCheckpoint);
    if (history !== null) await prepareFile('--history', history);
    const course = { text, device, turns, first, end, at, stepped: run.stepped };
    const { segments, summary, ...files } = await runThrough(session, course);
    const recorded = {
      ...runOf(segments, await appVersion()),
      events: turns.map(({ step, settings }) => ({ step, settings })),
    };
    await writeAll([
      ['--out', join(out, 'record.json'), recordChunks(recorded)],
      ['--out', join(out, 'weights.safetensors'), files.weights],
      ...(files.checkpoint
        ? [['--save-checkpoint', saveCheckpoint!, files.checkpoint] as const]
        : []),
      ...(history === null
        ? []
        : [
            [
              '--history',
              history,
              historyPieces(tableFormOf(history)!, segments, historyMetadata(recordHead(recorded))),
            ] as const,
          ]),
    ]);
    for (const trouble of troubles(summary)) line.say(trouble);
  } finally {
    line.clear();
    session?.dispose();
  }
}
