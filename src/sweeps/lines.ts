import { complete } from '../config/check';
import { DEFAULTS, KEYS, type Config } from '../config/fields';
import { shortened } from '../lib/words';
import { recorded, type Recorded } from '../runs/record';
import { seeded } from '../runs/seeds/samples';
import { isRule } from '../runs/alarms/rules';
import type { FirstAlarm, Outcome } from './outcome';
import { readSweep, runKey, runsOf, sweepPrint, type Sweep, type TypedSweep } from './sweep';

export const SWEEP_FORMAT = 'normscope-sweep';
export const SWEEP_VERSION = 1;

/** The device and program of a run, as its line tells them. */
export interface Maker {
  backend: string;
  build?: string;
  app: string;
}

/**
 * A run as a line of a sweep’s file. Each line tells its sweep whole, so that lines of many files, of many machines, can
 * be put together in any order.
 */
interface SweepLine extends TypedSweep, Maker {
  format: typeof SWEEP_FORMAT;
  version: typeof SWEEP_VERSION;
  /** As typed: `loss@last`. */
  of: string;
  cell: number[];
  seed: number;
  config: Config;
  /** The fingerprint of the text, where the task reads one. */
  text?: string;
}

/** The line of one run in the file. */
export function lineOf(
  { typed }: Sweep,
  { cell, seed, config, result, alarm, time }: Outcome,
  maker: Maker & { text: string | null },
): string {
  const { text, ...made } = maker;
  return JSON.stringify({
    format: SWEEP_FORMAT,
    version: SWEEP_VERSION,
    ...{ config, result: result === null ? null : recorded(result), alarm, time },
    ...{ grid: typed.grid, seeds: typed.seeds, steps: typed.steps, of: typed.result },
    ...{ cell, seed },
    ...(text !== null && { text }),
    ...made,
  });
}

/** A file of a sweep: what was swept, and the runs that it has. */
export interface SweepFile {
  sweep: Sweep;
  /** Each with what it was made on. */
  outcomes: (Outcome & { maker: Maker })[];
  text: string | null;
  /** The number of characters of whole lines, the last perhaps without its end: what follows was never finished. */
  wholeTo: number;
}

/** A file that is no sweep’s, or not one sweep’s; the message says where and why. */
export class SweepFileError extends Error {
  override name = 'SweepFileError';
}

const isWhole = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0;
const NOT_FINITE: Record<string, number> = { NaN, Infinity, '-Infinity': -Infinity };
const numberOf = (value: Recorded | null): number | null =>
  typeof value === 'string' ? NOT_FINITE[value]! : value;
const isResult = (value: unknown, of: string): value is Recorded | null =>
  typeof value === 'string'
    ? Object.hasOwn(NOT_FINITE, value)
    : typeof value === 'number' || (value === null && of === 'alarm');

function readAlarm(value: unknown): FirstAlarm | null {
  if (typeof value !== 'object' || value === null) return null;
  const { rule, step, at, layer, direction } = value as FirstAlarm;
  return isRule(rule) && isWhole(step) ? { rule, step, at, layer, direction } : null;
}

interface ReadLine {
  typed: TypedSweep;
  base: Config;
  text: string | null;
  cell: number[];
  seed: number;
  result: number | null;
  alarm: FirstAlarm | null;
  time: number;
  maker: Maker;
}

function readLine(line: string): ReadLine | { problem: string } {
  let given: Partial<SweepLine & { result: unknown; alarm: unknown; time: unknown }>;
  try {
    given = JSON.parse(line) as typeof given;
  } catch (error) {
    return { problem: `is no JSON: ${(error as Error).message}` };
  }
  const { format, version, grid, seeds, steps, of, cell, seed, config, result, alarm, time, text } =
    given ?? {};
  const { backend, build, app } = given ?? {};
  if (format !== SWEEP_FORMAT) return { problem: `is not of the format ${SWEEP_FORMAT}` };
  if (version !== SWEEP_VERSION)
    return {
      problem: `has version ${shortened(String(version))}; this version of Normscope reads ${SWEEP_VERSION}`,
    };
  const isSweep =
    Array.isArray(grid) &&
    grid.every((axis) => typeof axis === 'string') &&
    isWhole(seeds) &&
    isWhole(steps) &&
    typeof of === 'string';
  if (!isSweep) return { problem: 'names no grid, seeds, steps and result (of)' };
  if (!Array.isArray(cell) || !cell.every(isWhole) || !isWhole(seed))
    return { problem: 'names no cell and seed' };
  if (typeof config !== 'object' || config === null) return { problem: 'has no config' };
  if (!isResult(result, of)) return { problem: 'has no result' };
  const { config: read, problems } = complete(config as unknown as Record<string, unknown>);
  if (problems.length) return { problem: `has a config that cannot be: ${problems[0]!.message}` };
  return {
    typed: { grid, seeds, steps, result: of },
    base: read,
    ...{ cell, seed, result: numberOf(result), alarm: readAlarm(alarm) },
    time: typeof time === 'number' ? time : NaN,
    maker: { backend: String(backend), app: String(app), ...(build && { build }) },
    text: typeof text === 'string' ? text : null,
  };
}

/** Of a run’s configuration what its sweep varies is set back, so that all runs of a sweep have one base. */
function baseOf({ base, seed }: ReadLine, sweep: Sweep): Config {
  const own = Object.fromEntries(sweep.axes.map(({ key }) => [key, DEFAULTS[key]]));
  return seeded({ ...base, ...own }, sweep.axes.some(({ key }) => key === 'seed') ? 0 : -seed);
}

/** Where whole lines end: a last one may lack its line break, and what is no JSON is a line that breaks off. */
function wholeEnd(content: string): number {
  const end = content.lastIndexOf('\n') + 1;
  try {
    JSON.parse(content.slice(end));
    return content.length;
  } catch {
    return end;
  }
}

/** The sweep of a file’s first line, which all others must be of. */
interface First {
  sweep: Sweep;
  print: string;
  typed: string;
  text: string | null;
  runs: Map<string, Config>;
}

function firstOf(sweep: Sweep, { typed, text }: ReadLine): First {
  const runs = new Map(runsOf(sweep).map((run) => [runKey(run), run.config]));
  return { sweep, print: sweepPrint(sweep), typed: JSON.stringify(typed), text, runs };
}

const keysApart = (a: Config, b: Config) => KEYS.filter((key) => a[key] !== b[key]);

/** True of a line that plainly is of the sweep of the first one, which most are. */
function isAlike(read: ReadLine, { typed, text, runs }: First): boolean {
  const config = runs.get(runKey(read));
  return (
    config !== undefined &&
    keysApart(config, read.base).length === 0 &&
    text === read.text &&
    typed === JSON.stringify(read.typed)
  );
}

/** The first line’s sweep, or that of this line where it is the first; or what is wrong with it. */
function sweepWith(read: ReadLine, first: First | null): First | { problem: string } {
  if (first && isAlike(read, first)) return first;
  const { cell, seed } = read;
  const made = readSweep(read.typed, read.base);
  if ('problems' in made) return { problem: `names no sweep: ${made.problems[0]!}` };
  const own = firstOf({ ...made.sweep, base: baseOf(read, made.sweep) }, read);
  if (first && (own.print !== first.print || own.text !== first.text))
    return { problem: 'is of another sweep than the first line' };
  const config = own.runs.get(runKey(read));
  if (!config)
    return { problem: `is of cell ${cell.join(', ')}, seed ${seed}, which the sweep has not` };
  const differs = keysApart(config, read.base);
  if (differs.length) return { problem: `says ${differs.join(', ')} otherwise than its cell` };
  return first ?? own;
}

/**
 * Reads the file of a sweep. A last line that breaks off is left out; of a run that stands there twice, the first counts.
 *
 * @throws SweepFileError: a line that is none, or lines of two sweeps
 */
export function readLines(content: string): SweepFile {
  const wholeTo = wholeEnd(content);
  const outcomes = new Map<string, SweepFile['outcomes'][number]>();
  let first: First | null = null;
  for (const [i, line] of content.slice(0, wholeTo).split('\n').entries()) {
    // A mark of the order of bytes, at the head of the file, is space too.
    const told = line.trim();
    if (told === '') continue;
    const read = readLine(told);
    const fail = (problem: string) => new SweepFileError(`Line ${i + 1} ${problem}.`);
    if ('problem' in read) throw fail(read.problem);
    const found: First | { problem: string } = sweepWith(read, first);
    if ('problem' in found) throw fail(found.problem);
    first = found;
    const { cell, seed, base: config, result, alarm, time, maker } = read;
    const key = runKey(read);
    if (!outcomes.has(key)) outcomes.set(key, { cell, seed, config, result, alarm, time, maker });
  }
  if (!first) throw new SweepFileError('It has no line of a sweep.');
  return { sweep: first.sweep, outcomes: [...outcomes.values()], text: first.text, wholeTo };
}
