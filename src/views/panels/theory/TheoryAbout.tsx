import { useEffect, useRef, useState } from 'react';
import { useShallow } from 'zustand/shallow';
import { describe } from '../../../config/describe';
import type { Quantity } from '../../../config/quantity';
import type { LaneId, Lane } from '../../../runs/state';
import { nameOf } from '../../../runs/theory/curve';
import type { Verdict } from '../../../theory/assumptions';
import { explanationOf } from '../../../theory/explained';
import { Formula } from '../../Formula';
import { useActions, useScope } from '../../scope';
import { Button } from '../../ui/buttons';
import { LaneMark } from '../../ui/LaneMark';
import { Popup } from '../../ui/Popup';
import { Terms } from '../../ui/Terms';
import { lanesOnShow, named } from '../lanes';
import { statementOf, verdictsOf } from './failing';
import { hasLaw } from './law';

import './theory.css';

/** The law of what a panel shows, and of each lane whether its assumptions hold: a button, and what it opens. */
export function TheoryAbout({ quantity }: { quantity: Quantity }) {
  const areFailing = useScope((scope) =>
    lanesOnShow(scope).some((lane) => {
      const found = scope.theory.lanes[lane.id];
      return found && verdictsOf(lane, found).some(({ holds }) => !holds);
    }),
  );
  const isSlow = useScope(({ theory }) => theory.slow.length > 0);
  const { name } = describe(quantity);
  if (!hasLaw(quantity)) return null;
  const label = `Theory of ${name}: equation and assumptions`;
  return (
    <Popup
      label={label}
      className="theory-about"
      align="end"
      trigger={
        <button
          type="button"
          className="theory-open"
          data-failing={areFailing || undefined}
          aria-label={areFailing ? `${label}, some of which fail` : label}
        >
          {isSlow ? '…' : areFailing ? '!' : '?'}
        </button>
      }
    >
      <Contents quantity={quantity} />
    </Popup>
  );
}

/** The lanes of which theory is told, one at a time. */
function Contents({ quantity }: { quantity: Quantity }) {
  const ids = useScope(useShallow((scope) => lanesOnShow(scope).map(({ id }) => id)));
  const names = useScope(useShallow((scope) => named(lanesOnShow(scope)).map(({ name }) => name)));
  const [asked, setAsked] = useState<LaneId>(ids[0]!);
  const at = Math.max(0, ids.indexOf(asked));
  const lane = useScope((scope) => lanesOnShow(scope)[at]);
  const { name } = describe(quantity);
  return (
    <>
      <h3>{`Theory of ${name}`}</h3>
      {ids.length > 1 && (
        <div className="theory-lanes" role="group" aria-label="Lane">
          {ids.map((id, i) => (
            <button key={id} type="button" aria-pressed={i === at} onClick={() => setAsked(id)}>
              <LaneMark id={id} />
              {names[i]}
            </button>
          ))}
        </div>
      )}
      {lane && <OfLane quantity={quantity} lane={lane} />}
    </>
  );
}

function OfLane({ quantity, lane }: { quantity: Quantity; lane: Lane }) {
  const found = useScope(({ theory }) => theory.lanes[lane.id]);
  const isSlow = useScope(({ theory }) => theory.slow.includes(lane.id));
  const { cancelTheory } = useActions();
  const config = found?.config ?? lane.shown?.config ?? lane.config;
  const name = nameOf(quantity);
  const isPredicted = !found?.prediction || Object.hasOwn(found.prediction.quantities, name);
  const explanation = isPredicted ? explanationOf(name, config) : null;
  const verdicts = found ? verdictsOf(lane, found) : [];
  const [holding, failing] = [true, false].map((is) =>
    verdicts.filter(({ holds }) => holds === is),
  );
  return (
    <>
      {isSlow && (
        <p className="theory-slow" role="status">
          Being computed. <Button onClick={cancelTheory}>Cancel</Button>
        </p>
      )}
      {found?.error && <p className="theory-failed">{`Not computed: ${found.error}`}</p>}
      <Assumptions title="Does not hold" verdicts={failing!} />
      {explanation && (
        <>
          <h4>Law</h4>
          <Tex tex={explanation.equation} />
          <h4>Steps</h4>
          <ol>
            {explanation.steps.map(({ text, formula }) => (
              <li key={text + formula}>
                <Terms>{text}</Terms>
                {formula && <Tex tex={formula} />}
              </li>
            ))}
          </ol>
          <h4>Sources</h4>
          <ul className="theory-sources">
            {explanation.sources.map(({ text }) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </>
      )}
      <Assumptions
        title={failing!.length ? 'Holds' : 'Assumptions, all of which hold'}
        verdicts={holding!}
      />
    </>
  );
}

function Assumptions({ title, verdicts }: { title: string; verdicts: readonly Verdict[] }) {
  if (!verdicts.length) return null;
  return (
    <>
      <h4>{title}</h4>
      <ul className="theory-assumptions">
        {verdicts.map(({ id, holds, reason }) => (
          <li key={id} data-holds={holds}>
            <span aria-hidden="true">{holds ? '✓' : '✗'}</span>
            <span>
              {!holds && <strong>{`${statementOf(id)} `}</strong>}
              <Terms>{reason}</Terms>
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** An equation; one that is wider than the popover can be scrolled by keys too. */
function Tex({ tex }: { tex: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const [isWide, setIsWide] = useState(false);
  useEffect(() => {
    const { current } = frame;
    if (!current) return;
    const watch = new ResizeObserver(() => setIsWide(current.scrollWidth > current.clientWidth));
    // Its contents come to be another size once they are set.
    for (const one of [current, current.firstElementChild!]) watch.observe(one);
    return () => watch.disconnect();
  }, []);
  return (
    <div
      ref={frame}
      className="theory-formula"
      {...(isWide && { tabIndex: 0, role: 'group', 'aria-label': 'Equation' })}
    >
      <div>
        <Formula tex={tex} />
      </div>
    </div>
  );
}
