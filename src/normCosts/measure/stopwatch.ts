import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { quartiles, type Spread } from '../../lib/quartiles';
import { deckOf } from '../../kernels/tape/deck';

/** Hands on what of a computation is to be computed whether or not anything reads it. */
export type Take = (name: string, result: Tensor) => void;

/** A computation that can be asked for again and again. */
export interface Job {
  /** How many times it does at once what is to be timed. */
  links: number;
  ask(): void;
  /** When all that was asked for is computed. */
  wait(): Promise<unknown>;
  dispose(): void;
}

/**
 * How often a job is timed, and how long one time lasts at least, in ms. Short and often: what else runs on
 * a machine takes it for some ms at a time, and then most of the times are without it. A device that is
 * waited for takes longer to say that it is done.
 */
const HERE = { samples: 25, least: 4 };
const ELSEWHERE = { samples: 11, least: 40 };
/** What one job may take altogether, in ms; so many times it is timed in any case. */
const MOST = 1000;
const FEWEST = 3;
/** Rounds before the first that counts: browsers compile what runs often, while it runs. */
const WARMING = 3;
/** Where a device is waited for, so many in one command buffer, or its way there is what is timed. */
const LINKS = 16;

/** Whether the library runs kernels in its own thread. */
const isHere = () => ['wasm', 'cpu'].includes(tf.getBackend());

/** How many times in a row a job should do what is to be timed. */
export const linksOf = (): number => (isHere() ? 1 : LINKS);

/**
 * What `run` does to `held`, made ready as a training step is: recorded, where the backend records, so that the library's
 * bookkeeping is left out.
 */
export function prepare(
  held: Record<string, Tensor>,
  run: (take: Take) => void,
  links: number,
): Job {
  const deck = deckOf(tf.backend());
  const tape = deck?.canRecord('fp32') ? deck.record(held, {}, run) : null;
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
    // What was asked for before is done before, and the sum of it last.
    async wait() {
      if (isHere() || !last) return;
      const sum = tf.sum(last);
      await sum.data();
      sum.dispose();
    },
    dispose: letGo,
  };
}

/** So many runs, in ms for each link; what an empty wait takes is left out. */
async function timeOf({ ask, wait, links }: Job, runs: number): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < runs; i++) ask();
  await wait();
  const ended = performance.now();
  await wait();
  const empty = performance.now() - ended;
  return Math.max(0, ended - began - empty) / (runs * links);
}

/** How many runs last long enough for the clock; the first ones warm up. */
async function enough(job: Job): Promise<number> {
  const { least } = isHere() ? HERE : ELSEWHERE;
  await timeOf(job, 1);
  for (let runs = 1; ; runs *= 2) {
    const ms = (await timeOf(job, runs)) * runs * job.links;
    if (ms >= least / 2) return Math.ceil((runs * least) / ms);
  }
}

/** Times jobs in turns, so that what disturbs the machine for a while disturbs all alike: ms of each by round. */
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

/** Times one job. */
export const spreadOf = async (job: Job): Promise<Spread> =>
  quartiles((await timeInTurns([job]))[0]!);
