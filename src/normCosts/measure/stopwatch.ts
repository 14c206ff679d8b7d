import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { quartiles } from '../../lib/quartiles';
import { deckOf } from '../../kernels/tape/deck';

/** Is handed the results of a computation that are to be computed even if nothing reads them. */
export type Take = (name: string, result: Tensor) => void;

/** A computation that can be asked for again and again. */
export interface Job {
  /** Repetitions of the timed pass in one run. */
  links: number;
  ask(): void;
  /** Resolves when all that was asked for is computed. */
  wait(): Promise<unknown>;
  dispose(): void;
}

/**
 * Samples of a job, and the least time of one, in ms. Short and often: other work takes a machine for some ms at
 * a time, and then most of the samples are without it. A device that is waited for takes longer to say that it
 * is done.
 */
const HERE = { samples: 25, least: 4 };
const ELSEWHERE = { samples: 11, least: 40 };
/** The most time that a job may take altogether, in ms, and the samples that it has in any case. */
const MOST = 1000;
const FEWEST = 3;
/** Rounds before the first that counts: browsers compile what runs often, while it runs. */
const WARMING = 3;
/** Links of a job on a device that is waited for: of a single pass, the way to the device would be timed. */
const LINKS = 16;

/** The library runs kernels in its own thread. */
export const isHere = () => ['wasm', 'cpu'].includes(tf.getBackend());

export const linksOf = (): number => (isHere() ? 1 : LINKS);

/**
 * A job that runs `run` on the tensors `held` as a training step would: from a tape, where the backend records,
 * so that the library's bookkeeping is left out.
 */
export function prepare(
  held: Record<string, Tensor>,
  run: (take: Take) => void,
  links: number,
): Job {
  const deck = deckOf(tf.backend());
  const tape = deck?.record(held, {}, run) ?? null;
  if (deck && tape) {
    return {
      links,
      ask: () => void tape.replay({ arrays: {}, commit: false, read: null, alone: true }, held),
      wait: () => deck.done(),
      dispose: () => tape.dispose(),
    };
  }
  let last: Tensor | null = null;
  const letGo = () => last?.dispose();
  return {
    links,
    ask: () =>
      tf.tidy(() =>
        run((_, result) => {
          letGo();
          last = tf.keep(result.clone());
        }),
      ),
    // The device works in order: once it has the sum of the last result, all before is done.
    async wait() {
      if (isHere() || !last) return;
      const sum = tf.sum(last);
      await sum.data();
      sum.dispose();
    },
    dispose: letGo,
  };
}

/** Time of so many runs, in ms for each link, less that of an empty wait. */
async function timeOf({ ask, wait, links }: Job, runs: number): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < runs; i++) ask();
  await wait();
  const ended = performance.now();
  await wait();
  const empty = performance.now() - ended;
  return Math.max(0, ended - began - empty) / (runs * links);
}

/** The number of runs that last long enough for the clock; the first ones warm up. */
async function enough(job: Job): Promise<number> {
  const { least } = isHere() ? HERE : ELSEWHERE;
  await timeOf(job, 1);
  for (let runs = 1; ; runs *= 2) {
    const ms = (await timeOf(job, runs)) * runs * job.links;
    if (ms >= least / 2) return Math.ceil((runs * least) / ms);
  }
}

/** Times jobs in turns, so that other work disturbs all alike. @returns ms of each job in every round */
export async function timeInTurns(jobs: readonly Job[]): Promise<number[][]> {
  const { samples } = isHere() ? HERE : ELSEWHERE;
  const runs: number[] = [];
  for (const job of jobs) runs.push(await enough(job));
  const taken = jobs.map((): number[] => []);
  const began = performance.now();
  for (let round = -WARMING; round < samples; round++) {
    if (round >= FEWEST && performance.now() - began > MOST * jobs.length) break;
    for (const [i, job] of jobs.entries()) {
      const ms = await timeOf(job, runs[i]!);
      if (round >= 0) taken[i]!.push(ms);
    }
  }
  return taken;
}

/** Median time of `run` on the tensors `held`, in ms for each link; the tensors are disposed of. */
export async function medianOf(
  held: Record<string, Tensor>,
  run: (take: Take) => void,
  links: number,
): Promise<number> {
  const job = prepare(held, run, links);
  try {
    const [ms] = await timeInTurns([job]);
    return quartiles(ms!).median;
  } finally {
    job.dispose();
    tf.dispose(held);
  }
}
