import { openNodeBackend } from '../engine/nodeBackend';
import { lineOf } from '../sweeps/lines';
import { createRunner } from '../sweeps/run/runner';
import { runKey, runsOf } from '../sweeps/sweep';
import { appVersion, BadInput } from './input';
import type { Wanted } from './sweepArguments';

/**
 * Makes runs of a sweep by their keys, one after the other; each gives its line. They run on wasm and on one thread, so
 * that as many as there are processors do not hinder each other.
 */
export async function openJobs({ sweep, text, print }: Wanted) {
  const runs = new Map(runsOf(sweep).map((run) => [runKey(run), run]));
  const { backend, build } = await openNodeBackend('wasm');
  const maker = { text: print, backend, ...(build && { build }), app: await appVersion() };
  const runner = createRunner();
  return async (key: string, tell?: (steps: number) => void): Promise<string> => {
    const run = runs.get(key)!;
    return lineOf(sweep, await runner.run(sweep, run, { text, ...(tell && { tell }) }), maker);
  };
}

/** @throws BadInput: the sweep has no such run */
export function checkKey({ sweep }: Wanted, key: string): void {
  if (runsOf(sweep).some((run) => runKey(run) === key)) return;
  const ends = sweep.axes.map(({ values }) => values.length - 1);
  const last = runKey({ cell: ends, seed: sweep.typed.seeds - 1 });
  const first = runKey({ cell: ends.map(() => 0), seed: 0 });
  throw new BadInput(`--job is “${key}”; runs of this sweep are ${first} to ${last}.`);
}
