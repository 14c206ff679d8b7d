import type { WasmExports, WasmModules } from '../exports';
import { makeArrivals, meet, PATIENCE } from './barrier';
import { doPhase, type Order, type Phase, type Run } from './member';

/** More gain little at the sizes that a page trains: products have few columns to divide. */
export const MOST_THREADS = 4;

/** A thread: a worker of the browser, or of Node. */
export interface Thread {
  tell(order: Order): void;
  end(): void;
}

/** Starts a thread, which then calls `ready`, or `failed` when it could not be started. */
export type StartThread = (on: { ready(): void; failed(): void }) => Thread;

/** A step as the leader does it: phases with the team, and what it does alone. */
export type Stretch = { phase: Phase } | { alone: () => void };

export interface Program {
  run(threads: number, scratchBytes: number): void;
  forget(): void;
}

/**
 * Threads that make the calls of a recorded step together with the one that asks for it, in the memory of
 * its engine.
 */
export interface Team {
  /** The number of threads by now, the leader included. */
  threads(): number;
  /** Has so many threads from now on, or the most there can be, as soon as they have started. */
  resize(threads: number): void;
  learn(stretches: Stretch[]): Program;
}

export function createTeam(
  modules: WasmModules,
  memory: WebAssembly.Memory,
  kernels: WasmExports,
  start: StartThread,
): Team {
  let arrivals = makeArrivals();
  const members: { thread: Thread; ready: boolean }[] = [];
  const programs = new Map<number, Phase[]>();
  let arrived = 0;
  let nextProgram = 0;

  function add() {
    const member = {
      ready: false,
      thread: start({
        ready() {
          member.ready = true;
          for (const [program, phases] of programs) {
            member.thread.tell({ kind: 'learn', program, phases });
          }
        },
        // Those that are there go on without it.
        failed() {
          if (!members.includes(member)) return;
          members.splice(members.indexOf(member), 1);
          member.thread.end();
        },
      }),
    };
    members.push(member);
    member.thread.tell({ kind: 'start', modules, memory, arrivals });
  }
  const ready = () => members.filter((member) => member.ready).map(({ thread }) => thread);
  function resize(wanted: number) {
    const threads = Math.min(wanted, MOST_THREADS);
    while (members.length + 1 < threads) add();
    for (const { thread } of members.splice(threads - 1)) thread.end();
  }

  return {
    threads: () => ready().length + 1,
    resize,
    learn(stretches) {
      const program = nextProgram++;
      const phases = stretches.map((stretch) => ('phase' in stretch ? stretch.phase : []));
      programs.set(program, phases);
      for (const thread of ready()) thread.tell({ kind: 'learn', program, phases });
      return {
        run(threads, scratchBytes) {
          const team = ready().slice(0, threads - 1);
          const run: Omit<Run, 'part'> = { parts: team.length + 1, arrived, scratchBytes };
          team.forEach((thread, i) => {
            thread.tell({ kind: 'run', program, part: i + 1, ...run });
          });
          try {
            for (const stretch of stretches) {
              if ('phase' in stretch) doPhase(kernels, stretch.phase, 0, run.parts);
              else stretch.alone();
              meet(arrivals, (arrived = (arrived + run.parts) | 0), PATIENCE);
            }
          } catch (error) {
            // The others wait where this thread does not come, or have come where it is not.
            resize(1);
            arrivals = makeArrivals();
            arrived = 0;
            throw error;
          }
        },
        forget() {
          programs.delete(program);
          for (const { thread } of members) thread.tell({ kind: 'forget', program });
        },
      };
    },
  };
}
