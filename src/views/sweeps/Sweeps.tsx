import { useEffect, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/shallow';
import { DEFAULTS } from '../../config/fields';
import { isDone } from '../../sweeps/desk/held';
import { deskOf } from '../../sweeps/desk/page';
import { readDraft, writeDraft, type Draft } from '../../sweeps/link';
import { readSweep } from '../../sweeps/sweep';
import { useScope, useScopeStore } from '../scope';
import { PageDialog } from '../ui/PageDialog';
import { DEFAULT_SWEEP } from './defaults';
import { Form } from './Form';
import { Kept } from './Kept';
import { Progress } from './Progress';
import { SweepFigure } from './SweepFigure';
import './sweeps.css';

/** A form that has rested for so long is one that the link holds, and that is timed, in ms. */
const SETTLED = 700;

/** Sweeps over one or two settings: the form, the runs under way, and what they gave. */
export function Sweeps({ query }: { query: string }) {
  const store = useScopeStore();
  const { setView } = store.actions;
  const desk = deskOf(store);
  const ids = useScope(useShallow(({ lanes }) => lanes.map(({ id }) => id)));
  const configs = useScope(useShallow(({ lanes }) => lanes.map(({ config }) => config)));
  const lanes = useMemo(() => ids.map((id, i) => ({ id, config: configs[i]! })), [ids, configs]);
  const left = useStore(desk.store, ({ draft }) => draft);
  const first = configs[0] ?? DEFAULTS;
  const draft = useMemo(() => left ?? { typed: DEFAULT_SWEEP, base: first }, [left, first]);
  const setDraft = (next: Draft) => desk.setDraft(next);

  /** The sweep in the link, as far as the form knows. */
  const known = useRef<string | null>(null);
  // The dialog was opened by a link, or the page went back or forward.
  useEffect(() => {
    if (query === known.current) return;
    known.current = query;
    const told = query ? readDraft(query, lanes) : null;
    if (told) desk.setDraft(told);
  }, [query, lanes, desk]);

  const written = writeDraft(draft, lanes);
  useEffect(() => {
    if (written === query) return;
    const rest = setTimeout(() => {
      known.current = written;
      setView({ sweep: written });
    }, SETTLED);
    return () => clearTimeout(rest);
  }, [written, query, setView]);

  const read = useMemo(() => readSweep(draft.typed, draft.base), [draft.typed, draft.base]);
  const sweep = 'sweep' in read ? read.sweep : null;
  const id = sweep && desk.idFor(sweep);
  const all = useStore(desk.store, ({ all }) => all);
  const going = useStore(desk.store, ({ going }) => going);
  const held = all.find((one) => one.id === id) ?? null;
  const isToBeTimed = sweep !== null && going === null && !(held && isDone(held));
  useEffect(() => {
    if (!isToBeTimed) return;
    const rest = setTimeout(() => void desk.estimate(sweep), SETTLED);
    return () => clearTimeout(rest);
  }, [isToBeTimed, sweep, desk]);
  useEffect(() => () => desk.leave(), [desk]);

  return (
    <PageDialog
      title="Sweeps"
      closing="Close the sweeps"
      className="sw"
      onClose={() => setView({ sweep: null })}
    >
      <div className="sw-body">
        <div className="sw-side">
          <Form
            draft={draft}
            problems={'problems' in read ? read.problems : []}
            onChange={setDraft}
          />
          <Progress desk={desk} sweep={sweep} id={id} held={held} />
          <Kept desk={desk} shown={id} axes={sweep?.axes.length ?? 0} />
        </div>
        <SweepFigure desk={desk} sweep={sweep} held={held} />
      </div>
    </PageDialog>
  );
}
