import { useState } from 'react';
import { useShallow } from 'zustand/shallow';
import { seedsOf } from '../../runs/seeds/samples';
import type { Scope } from '../../runs/state';
import { MOST_SEEDS } from '../../runs/view';
import { About } from '../panels/About';
import { useActions, useScope } from '../scope';
import { Button } from '../ui/buttons';
import { laneLetter } from '../ui/LaneMark';
import { NumberBox } from '../ui/NumberBox';
import { TrainingProgress, TrainingSeeds } from './TrainingSeeds';

/** Seeds that are proposed: few enough to wait for, enough for a difference of a few per cent. */
const PROPOSED = 8;

const ABOUT = {
  title: 'Several seeds',
  code: 'seeds',
  note: 'Dashed is the mean over the seeds: on a logarithmic axis the geometric mean (where all values are above 0), on a linear one the arithmetic. The band holds the middle 80 % of them, from the 10th percentile to the 90th, interpolated. Lanes differ beyond chance where a paired t-test, seed by seed and on logarithms where all values are above 0, rejects at a level of 5 % over all layers and lanes of a panel.',
  source: 'Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure',
};

const isRunning = ({ seeds }: Scope) => seeds.done !== null;

/** Progress of measuring seeds, with the button that ends it. */
function Progress() {
  const { stopSeeds } = useActions();
  const [done, count] = useScope(useShallow(({ seeds, view }) => [seeds.done ?? 0, view.seeds]));
  return (
    <div className="ln-seeds-line">
      <progress aria-label="Seeds measured" max={count} value={done} />
      <span>
        {done} of {count} seeds
      </span>
      <Button onClick={stopSeeds}>Cancel</Button>
    </div>
  );
}

/** While seeds are measured, this stands in a group that is closed, too. */
export function SeedProgress() {
  const measures = useScope(isRunning);
  const catchesUp = useScope(({ seedRuns }) => seedRuns.progress !== null);
  return measures || catchesUp ? (
    <div className="ln-seeds">
      {measures && <Progress />}
      <TrainingProgress />
    </div>
  ) : null;
}

/** The share of the seeds asked for that is there, in words. */
function statusOf(scope: Scope): string {
  const { lanes, view, seeds } = scope;
  if (seeds.error) return `Seeds could not be measured: ${seeds.error}`;
  if (!view.seeds)
    return 'Every lane at step 0, under this seed and those that follow. Lanes go on meanwhile.';
  const counts = lanes.map((lane) => Math.min(view.seeds, seedsOf(scope, lane).length));
  const without = lanes.filter((_, i) => counts[i] === 0).map(({ id }) => laneLetter(id));
  const least = Math.min(...counts.filter((count) => count > 0), view.seeds);
  const missing = `lane${without.length > 1 ? 's' : ''} ${without.join(', ')}`;
  if (without.length === lanes.length) return 'No lane was measured as it is set now.';
  const bands = `Bands of ${least === view.seeds ? least : `${least} of ${view.seeds}`} seeds`;
  return without.length ? `${bands}; ${missing} not measured as set now.` : `${bands}.`;
}

/** Under the seed: several of them, at step 0 and in training. */
export const Seeds = () => (
  <>
    <SeedsAtStart />
    <TrainingSeeds />
  </>
);

/** Measuring lanes under several seeds. */
function SeedsAtStart() {
  const { measureSeeds } = useActions();
  const asked = useScope(({ view }) => view.seeds);
  const running = useScope(isRunning);
  const status = useScope(statusOf);
  const isComplete = useScope(
    (scope) =>
      asked > 0 && scope.lanes.every((lane) => seedsOf(scope, lane).length >= scope.view.seeds),
  );
  const [draft, setDraft] = useState<number | null>(null);
  const count = draft ?? (asked || PROPOSED);
  return (
    <div className="ln-seeds" role="group" aria-label="Several seeds">
      {running ? (
        <Progress />
      ) : (
        <div className="ln-seeds-line">
          <NumberBox
            label="seeds to measure lanes under"
            {...{ whole: true, live: true, value: count, min: 1, max: MOST_SEEDS, size: 2 }}
            onChange={setDraft}
          />
          seeds
          <About {...ABOUT} />
          <Button disabled={isComplete && count === asked} onClick={() => measureSeeds(count)}>
            Measure
          </Button>
          {asked > 0 && (
            <Button
              onClick={() => {
                setDraft(null);
                measureSeeds(0);
              }}
            >
              Remove
            </Button>
          )}
        </div>
      )}
      <p className="ln-soft" role="status">
        {running ? '' : status}
      </p>
    </div>
  );
}
