import type { Claim, Moment, Run } from '../claims/claim';
import { lanesOf } from '../claims/links';
import { evaluatesApart } from '../config/applies';
import { encode } from '../config/codec';
import type { Config } from '../config/fields';
import { createSession, type Session } from '../engine/session';
import { unpack } from '../protocol/frame';

/** Milliseconds between two words on how far a run is. */
const TURN = 500;

/** Told how much of the whole is done, 0 to 1. */
type Tell = (share: number) => void;

async function momentOf(session: Session, commits: boolean): Promise<Moment> {
  const { config, report } = session;
  const evaluation = evaluatesApart(config) ? { evaluation: await session.evaluate() } : {};
  const frame = unpack(report.layout, await session.measure(commits));
  return { step: frame.step, measured: { config, layout: report.layout, frame }, ...evaluation };
}

/** The frames of these steps, each measured before its update. */
async function runOf(
  session: Session,
  steps: readonly number[],
  tell: (step: number) => void,
): Promise<Run> {
  const moments: Moment[] = [];
  const end = steps.at(-1)!;
  for (const step of steps) {
    while (session.step < step) {
      await session.advance({ until: step, ms: TURN });
      tell(session.step);
    }
    moments.push(await momentOf(session, step < end));
  }
  return { config: session.config, moments };
}

/** Runs of one configuration under the seeds from 0 on. */
async function runsUnder(
  lane: Config,
  { seeds, steps }: Claim,
  text: string,
  tell: Tell,
): Promise<Run[]> {
  const under = (seed: number): Config => ({ ...lane, seed });
  const end = steps.at(-1)! + 1;
  // One session for all seeds, so that its pass is recorded once.
  const session = createSession(under(0), text);
  const runs: Run[] = [];
  try {
    for (let seed = 0; seed < seeds; seed++) {
      if (seed > 0) session.configure(under(seed), text);
      const run = await runOf(session, steps, (step) => {
        tell((seed + step / end) / seeds);
      });
      runs.push(run);
    }
  } finally {
    session.dispose();
  }
  return runs;
}

/**
 * A runner of claims on the backend that is set: every lane under every seed, [seeds][lanes]. A lane that several claims
 * have is run once. `text` is what the task `text` reads.
 */
export function createRunner(text: string) {
  const known = new Map<string, Run[]>();
  return async (claim: Claim, tell: Tell = () => {}): Promise<Run[][]> => {
    const lanes = lanesOf(claim);
    const columns: Run[][] = [];
    for (const lane of lanes) {
      const print = [encode(lane), claim.seeds, claim.steps].join();
      const runs =
        known.get(print) ??
        (await runsUnder(lane, claim, text, (share) => {
          tell((columns.length + share) / lanes.length);
        }));
      known.set(print, runs);
      columns.push(runs);
    }
    return Array.from({ length: claim.seeds }, (_, seed) => columns.map((runs) => runs[seed]!));
  };
}
