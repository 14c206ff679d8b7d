import type { Contestant } from './contestant';
import { median, quantile } from './numbers';
import { OWN_ENGINES, type EngineId, type Place, type Row } from './row';
import type { Sample } from './sample';

/** A row, and the quartiles of its step times. */
export interface Result {
  row: Row;
  quartiles: [number, number];
}

/** Steps before the clock counts: the first compiles, and the losses of all are compared. */
const WARM_UP = 4;
/** And then further ones for so long: engines compile what they have run for a while once more, and better. */
const WARM_UP_SECONDS = 0.8;
const MOST_WARM_UP = 30;
/** Steps of one engine in a row, so that caches are its own for most of them. */
const TURN = 4;
/** What a step of another library may take. */
const MOST_SECONDS = 20;
/** What the steps of one engine at one size may take before it makes no more: all have one turn at least. */
const ENOUGH_MS = 30_000;
/** The part of a size’s time by which all must have begun: the rest is for the steps that are timed. */
const BEGINNING = 0.7;
/** Part of it that this engine may take: without it there is nothing to compare. */
const PATIENCE = 2;
/** What the losses of the same steps may differ by. */
export const TOLERANCE = 1e-4;

type About = Awaited<ReturnType<Contestant['open']>>;

interface Run {
  contestant: Contestant;
  about: About;
  warmUp: Sample[];
  samples: Sample[];
}

const nameOf = ({ contestant: { engine, statistics } }: Run) =>
  statistics ? `${engine} with statistics` : engine;

const isOwn = ({ engine }: Contestant): boolean => (OWN_ENGINES as EngineId[]).includes(engine);

/**
 * Makes the first steps of an engine that is being opened.
 * @throws Error when it is another library that takes too long for a step
 */
async function begin(contestant: Contestant, opening: Promise<About>): Promise<Run> {
  const about = await opening;
  const first = await contestant.steps(2);
  const seconds = first[1]!.stepMs / 1000;
  if (seconds > MOST_SECONDS && !isOwn(contestant)) {
    throw new Error(`a step takes it ${seconds.toFixed(0)} seconds`);
  }
  const warmUp = [...first, ...(await contestant.steps(WARM_UP - first.length))];
  await contestant.steps(Math.min(MOST_WARM_UP, Math.floor(WARM_UP_SECONDS / seconds)));
  return { contestant, about, warmUp, samples: [] };
}

/** Result of `begin`, unless it takes longer than `ms`. */
async function within<T>(ms: number, begin: () => Promise<T>): Promise<T> {
  if (ms === Infinity) return begin();
  if (ms <= 0) throw new Error('the others took all the time that this size has');
  const seconds = (ms / 1000).toPrecision(2);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      fail(new Error(`it was not ready after ${seconds} seconds, all that this size has left`));
    }, ms);
  });
  try {
    return await Promise.race([begin(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws Error when two engines did not compute the same: what they take is then no comparison */
function requireSameLosses(runs: Run[]): void {
  const [first, ...others] = runs.filter(({ warmUp }) => warmUp[0]!.loss !== undefined);
  for (const other of others) {
    other.warmUp.forEach(({ loss }, step) => {
      const expected = first!.warmUp[step]!.loss!;
      if (Math.abs(loss! - expected) <= TOLERANCE * Math.max(1, expected)) return;
      throw new Error(
        `At step ${step} the loss is ${expected} in ${nameOf(first!)} and ${loss} in ${nameOf(other)}: they do not train the same model.`,
      );
    });
  }
}

/** The median of a quantity that all samples have, as a part of a row; nothing where they do not. */
function medianOf<K extends keyof Row>(key: K, values: (number | undefined)[]) {
  const known = values.filter((value) => value !== undefined);
  return known.length ? ({ [key]: median(known) } as Pick<Row, K>) : {};
}

async function resultOf(
  { contestant, about, warmUp, samples }: Run,
  place: Place,
): Promise<Result> {
  const { engine, statistics } = contestant;
  const totals = await contestant.totals();
  const times = samples.map(({ stepMs }) => stepMs);
  const step_ms = median(times);
  return {
    row: {
      engine,
      ...place,
      ...about,
      statistics,
      step_ms,
      ...medianOf(
        'js_ms',
        samples.map(({ jsMs }) => jsMs),
      ),
      ...medianOf(
        'dispatches',
        samples.map(({ dispatches }) => dispatches),
      ),
      ...medianOf(
        'submits',
        samples.map(({ submits }) => submits),
      ),
      ...medianOf(
        'readback_bytes',
        samples.map(({ readbackBytes }) => readbackBytes),
      ),
      ...medianOf('device_bytes', [totals?.deviceBytes]),
      ...medianOf('pipelines', [totals?.pipelines?.length]),
      ...(isOwn(contestant) && totals?.pipelines && { pipeline_names: totals.pipelines }),
      compile_ms: Math.max(0, warmUp[0]!.stepMs - step_ms),
    },
    quartiles: [quantile(times, 0.25), quantile(times, 0.75)],
  };
}

/**
 * All engines side by side at one size: each makes a few steps in its turn, round after round, so that
 * what disturbs the machine for a while disturbs all of them. Another library that cannot take part, for
 * want of memory perhaps, or of time, is left out, and `leftOut` is told why.
 *
 * @param ms how long it may take; every engine that has begun makes one turn at least
 */
export async function compare(
  contestants: Contestant[],
  place: Place,
  steps: number,
  leftOut: (engine: EngineId, error: unknown) => void,
  ms = Infinity,
): Promise<Result[]> {
  const began = performance.now();
  const spent = () => performance.now() - began;
  const runs: Run[] = [];
  try {
    // All at once: most of it is the loading of libraries.
    const openings = contestants.map((contestant) => contestant.open());
    for (const opening of openings) opening.catch(() => undefined);
    for (const [i, contestant] of contestants.entries()) {
      try {
        const left = (isOwn(contestant) ? PATIENCE : BEGINNING) * ms - spent();
        runs.push(await within(left, () => begin(contestant, openings[i]!)));
      } catch (error) {
        if (isOwn(contestant)) throw error;
        await contestant.close();
        leftOut(contestant.engine, error);
      }
    }
    requireSameLosses(runs);
    for (let made = 0; made < steps && (made === 0 || spent() < ms); made += TURN) {
      for (const { contestant, samples } of runs) {
        if (samples.reduce((sum, { stepMs }) => sum + stepMs, 0) > ENOUGH_MS) continue;
        samples.push(...(await contestant.steps(Math.min(TURN, steps - made))));
      }
    }
    const results: Result[] = [];
    for (const run of runs) results.push(await resultOf(run, place));
    return results;
  } finally {
    for (const contestant of contestants) await contestant.close();
  }
}
