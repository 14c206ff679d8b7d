import { useId, useMemo, useState } from 'react';
import { norms } from '../../config/norms';
import { WORKING_NORMS } from '../work';
import type { CostSize } from '../protocol';
import type { NormCosts } from '../desk/costs';
import { useActions, useScope } from '../../views/scope';
import { Button } from '../../views/ui/buttons';
import { NumberBox } from '../../views/ui/NumberBox';
import { Terms } from '../../views/ui/Terms';
import { named } from '../../views/panels/lanes';
import { CostBars } from './CostBars';
import { CostTable } from './CostTable';
import { isSameSize, stepShare, timedSize } from './read';
import { RooflinePanel } from './RooflinePanel';
import { costSentence, sizeText } from './sentences';
import './normCosts.css';

/** Most numbers that one tensor may have: about ten of them are held at once. */
const MOST = 2 ** 23;
const LIMITS = { tokens: 2 ** 16, features: 2 ** 13 };

export function Contents() {
  const costs = useScope((scope) => scope.normCosts);
  const lanes = useScope((scope) => scope.lanes);
  const told = useMemo(() => named(lanes), [lanes]);
  const sentence = useMemo(() => {
    const { size, roof } = costs;
    if (!size || !roof || costs.status === 'running') return '';
    const inLanes = told.flatMap(({ lane, name }) => {
      const norm = costs.costs.find(({ norm }) => norm === lane.config.norm);
      const share = norm && stepShare(norm, lane, costs);
      // A lane whose layers differ has not this norm alone.
      return share && !lane.config.layer_overrides ? [{ ...share, name }] : [];
    });
    return costSentence(costs.costs, size, roof, inLanes);
  }, [costs, told]);
  const roof = costs.roof;
  return (
    <div className="nc">
      <Controls costs={costs} />
      {roof && costs.costs.length > 0 && (
        <>
          {sentence && (
            <p className="nc-sentence">
              <Terms>{sentence}</Terms>
            </p>
          )}
          <CostTable costs={costs} roof={roof} lanes={told} />
          <div className="nc-plots">
            <CostBars costs={costs.costs} lanes={told} />
            <RooflinePanel costs={costs.costs} roof={roof} lanes={told} />
          </div>
          <Notes costs={costs} />
        </>
      )}
    </div>
  );
}

/** The size to be timed, which is the first lane's until another is asked for; and the way to begin and end. */
function Controls({ costs }: { costs: NormCosts }) {
  const { timeNorms, stopTimingNorms } = useActions();
  const config = useScope(({ lanes }) => lanes[0]?.config);
  const own = config ? timedSize(config) : { tokens: 256, features: 64 };
  // Where other sizes were timed they are asked for again.
  const [asked, setAsked] = useState<Partial<CostSize>>(() =>
    costs.size && !isSameSize(costs.size, own) ? costs.size : {},
  );
  const size = { ...own, ...asked };
  const isRunning = costs.status === 'running';
  const tooLarge = size.tokens * size.features > MOST;
  const field = (name: keyof CostSize) => (
    <label className="nc-field">
      {name}
      <NumberBox
        label={`${name} to time norms at`}
        {...{ whole: true, value: size[name], min: 1, max: LIMITS[name], size: 5 }}
        onChange={(value) => setAsked({ ...asked, [name]: value })}
      />
    </label>
  );
  return (
    <div className="nc-controls">
      {field('tokens')}
      {field('features')}
      {!isSameSize(size, own) && <Button onClick={() => setAsked({})}>as lane A</Button>}
      {isRunning ? (
        <Button onClick={() => void stopTimingNorms()}>Cancel</Button>
      ) : (
        <Button className="nc-go" disabled={tooLarge} onClick={() => void timeNorms(size)}>
          {costs.status === 'none' ? 'Time the norms' : 'Time again'}
        </Button>
      )}
      <Status costs={costs} problem={tooLarge ? TOO_LARGE : null} />
    </div>
  );
}

const TOO_LARGE = `Tokens times features may be ${MOST.toLocaleString('en')} at most.`;

const SAID: Record<NormCosts['status'], (costs: NormCosts) => string> = {
  none: () => 'Takes ten seconds or more. Training rests meanwhile.',
  running: ({ current }) =>
    current ? `Timing ${norms[current].label}.` : 'Timing the device’s memory and products.',
  done: ({ size, device }) =>
    `Timed for ${sizeText(size!)} on ${device!.backend}, ${device!.adapter}.`,
  cancelled: ({ costs }) =>
    costs.length
      ? `Ended after ${costs.length} of ${WORKING_NORMS.length} norms.`
      : 'Ended before a norm was timed.',
  failed: ({ error }) => `Not timed: ${error} Restarting the lane often helps.`,
};

function Status({ costs, problem }: { costs: NormCosts; problem: string | null }) {
  const progressId = useId();
  return (
    <>
      {costs.status === 'running' && (
        <progress
          aria-labelledby={progressId}
          max={WORKING_NORMS.length + 1}
          value={costs.costs.length + (costs.roof ? 1 : 0)}
        />
      )}
      <span
        id={progressId}
        role="status"
        className="nc-status"
        data-level={problem || costs.status === 'failed' ? 'error' : undefined}
      >
        {problem ?? SAID[costs.status](costs)}
      </span>
    </>
  );
}

function Notes({ costs: { costs } }: { costs: NormCosts }) {
  const hasFused = costs.some(({ variants }) => variants.fused);
  return (
    <p className="nc-notes">
      {hasFused
        ? 'One kernel for sum and norm exists here for norms of a token by itself; the model does not use it, as taps stand between the two.'
        : 'On this device sum and norm are two operations: there is no kernel for both.'}{' '}
      Everything is in float32. The identity asks for nothing and is not timed.
    </p>
  );
}
