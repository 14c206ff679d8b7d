import { useEffect, useMemo, useState } from 'react';
import { createPortal } from 'react-dom';
import { typed } from '../../config/quantity';
import type { Asks, Predict } from '../../labs/lab';
import { valuesOf, type Trace } from '../../plot/trace';
import { OFFERS, type QuantityPanel } from '../../runs/view';
import { named, laneLook, lanesOnShow } from '../panels/lanes';
import { seriesOf } from '../panels/series';
import { useActions, useScope, useScopeStore } from '../scope';
import { Button } from '../ui/buttons';
import { laneLetter } from '../ui/LaneMark';
import { useDoing, useProgress, useStanding } from './context';
import { Drawing } from './Drawing';
import { axisFor, completed, type Sketch } from './sketch';
import { setSheet } from './sheet';
import { Outcome } from './TaskFrame';
import { usePanel } from './usePanel';
import { comparedSentence, curveName } from './words';

type Curve = Extract<Asks, { kind: 'curve' }>;

/** A curve that is drawn over a panel; afterwards it stays behind the one that is measured. */
export function CurveGuess({ task, asks }: { task: Predict; asks: Curve }) {
  const answer = useProgress(({ answers }) => answers[task.id]);
  const standing = useStanding(task.id);
  if (!answer) return <Open task={task} asks={asks} />;
  return (
    <>
      <p className="lb-said">
        Your curve is recorded: it stands in the panel, dashed, beside what is measured.
      </p>
      {answer.measured === null ? (
        <p className="lb-soft">{standing}</p>
      ) : (
        <p className="lb-said">
          {comparedSentence(task, answer)} <Outcome isRight={answer.isRight} />
        </p>
      )}
    </>
  );
}

const isQuantityPanel = (panel: string): panel is QuantityPanel => Object.hasOwn(OFFERS, panel);

/** The curves of the lanes that are measured, but for the one that is asked for. */
function useOthers({ lane, quantity, step }: Curve): readonly Trace[] {
  const lanes = useScope(lanesOnShow);
  return useMemo(
    () =>
      named(lanes).flatMap(({ lane: { id, shown }, name }): Trace[] => {
        // Its own curve of an earlier step tells nothing.
        if (!shown || (id === lane && shown.frame.step >= step)) return [];
        const points = seriesOf(shown, quantity)[0]?.points ?? [];
        if (!points.some(({ y }) => Number.isFinite(y))) return [];
        const { n_layers } = shown.layout;
        return [{ id, label: name, n_layers, points, ...laneLook(id), isFaint: true }];
      }),
    [lanes, lane, quantity, step],
  );
}

/** Brings a panel under the eyes, and its drawing under the keys. */
function goTo(panel: HTMLElement): void {
  setSheet('low');
  requestAnimationFrame(() => {
    panel.scrollIntoView({ block: 'start' });
    panel.querySelector<SVGElement>('.lb-handle[tabindex="0"]')?.focus({ preventScroll: true });
  });
}

function Open({ task, asks }: { task: Predict; asks: Curve }) {
  const { desk } = useDoing();
  const { actions, getState } = useScopeStore();
  const { setView } = useActions();
  const { panel, lane, quantity } = asks;
  const place = usePanel(panel);
  const n_layers = useScope(({ lanes }) => lanes.find(({ id }) => id === lane)?.config.n_layers);
  const others = useOthers(asks);
  const [drawn, setDrawn] = useState<Sketch>([]);
  const [wider, setWider] = useState(0);
  const sketch = useMemo(
    () => (drawn.length === n_layers ? drawn : new Array<null>(n_layers ?? 0).fill(null)),
    [drawn, n_layers],
  );
  const axis = useMemo(
    () => axisFor(quantity, [...valuesOf(others)], wider),
    [quantity, others, wider],
  );
  // The panel shows the answer to the prediction.
  useEffect(() => {
    const figure = place?.querySelector('figure');
    if (!figure) return;
    figure.inert = true;
    return () => {
      figure.inert = false;
    };
  }, [place]);
  if (n_layers === undefined)
    return <p className="lb-soft">There is no lane {laneLetter(lane)}. Set the page again.</p>;
  const record = () => {
    const isOther = isQuantityPanel(panel) && typed(getState().view[panel]) !== typed(quantity);
    if (isOther) setView({ [panel]: quantity });
    desk.answer(task, completed(axis.kind, sketch));
    setSheet('half');
  };
  const count = sketch.filter((value) => value !== null).length;
  return (
    <>
      {place ? (
        createPortal(
          <Drawing
            {...{ name: curveName(asks), lane, axis, sketch, others }}
            onDraw={setDrawn}
            onWiden={() => setWider((times) => times + 1)}
            onRecord={record}
          />,
          place,
        )
      ) : (
        <p className="lb-soft">
          The panel is not on show.{' '}
          <Button onClick={() => actions.setView({ panel: null })}>Show all panels</Button>
        </p>
      )}
      <p className="lb-soft">
        Drag across the layers of the panel, or use the keys: ← → go from layer to layer, ↑ ↓ move
        the value. {count} of {n_layers} layers drawn
        {count >= 2 && count < n_layers ? ', the rest follows in straight lines' : ''}.
      </p>
      {place && <Button onClick={() => goTo(place)}>Go to the drawing</Button>}
    </>
  );
}
