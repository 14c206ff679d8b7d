import { useShallow } from 'zustand/shallow';
import type { Scope } from '../../runs/state';
import { MOST_TRAINING_SEEDS } from '../../runs/view';
import { listed } from '../panels/sentences';
import { About } from '../panels/About';
import { useActions, useScope } from '../scope';
import { Button } from '../ui/buttons';
import { laneLetter } from '../ui/LaneMark';
import { NumberBox } from '../ui/NumberBox';

const ABOUT = {
  title: 'Training under several seeds',
  code: 'training_seeds',
  note: 'Every lane trains under its own seed and those that follow, each on an engine of its own that is given the same settings at the same steps. A step is made when all have made it, one after the other where processors are few. The solid curve is the lane’s own seed; dashed is the mean over the seeds, and the band holds the middle 80 % of them, at the step on show and against steps. Layers where lanes differ beyond chance are told as at step 0.',
  source: 'Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure',
};

/** Steps that seeds make until they are where their lanes are. */
export function TrainingProgress() {
  const { setView } = useActions();
  const way = useScope(({ seedRuns }) => seedRuns.progress);
  if (!way) return null;
  return (
    <div className="ln-seeds-line">
      <progress aria-label="Steps made by further seeds" max={way.of} value={way.done} />
      <span>
        {way.done} of {way.of} steps
      </span>
      <Button onClick={() => setView({ training_seeds: 1 })}>Stop</Button>
    </div>
  );
}

function statusOf({ view, seedRuns, lanes }: Scope): string {
  const { training_seeds: count } = view;
  if (count === 1) return 'Each lane trains under its own seed alone.';
  if (seedRuns.error) return seedRuns.error;
  if (seedRuns.progress) return 'Further seeds catch up; lanes go on when they are there.';
  const alone = lanes.filter(({ id }) => seedRuns.alone.includes(id));
  const names = `Lane${alone.length > 1 ? 's' : ''} ${listed(alone.map(({ id }) => laneLetter(id)))}`;
  const without = alone.length
    ? ` ${names} began with the weights of a file, which belong to no seed.`
    : '';
  return `Each lane trains under ${count} seeds: a step makes ${count} of them.${without}`;
}

/** Under the seed: training lanes under several. */
export function TrainingSeeds() {
  const { setView, retrySeeds } = useActions();
  const [count, hasError] = useScope(
    useShallow(({ view, seedRuns }) => [view.training_seeds, seedRuns.error !== null]),
  );
  const status = useScope(statusOf);
  return (
    <div className="ln-seeds" role="group" aria-label="Seeds in training">
      <div className="ln-seeds-line">
        Train under
        <NumberBox
          label="seeds to train lanes under"
          {...{ whole: true, value: count, min: 1, max: MOST_TRAINING_SEEDS, size: 2 }}
          onChange={(training_seeds) => setView({ training_seeds })}
        />
        seed{count > 1 ? 's' : ''}
        <About {...ABOUT} />
        {hasError && <Button onClick={retrySeeds}>Try again</Button>}
      </div>
      <TrainingProgress />
      <p className="ln-soft" role="status">
        {status}
      </p>
    </div>
  );
}
