import { useStore } from 'zustand';
import { counted } from '../../lib/words';
import type { SweepDesk } from '../../sweeps/desk/desk';
import { isDone, type HeldSweep } from '../../sweeps/desk/held';
import { CloseButton } from '../ui/buttons';
import { resultLabel } from './defaults';
import { axesName, settingsText, sizeText } from './words';

interface KeptProps {
  desk: SweepDesk;
  /** The sweep of the form, and the number of its axes. */
  shown: string | null;
  axes: number;
}

/** The sweeps that this browser keeps. */
export function Kept({ desk, shown, axes }: KeptProps) {
  const all = useStore(desk.store, (s) => s.all);
  const beside = useStore(desk.store, (s) => s.beside);
  if (!all.length) return null;
  return (
    <section className="sw-kept" aria-label="Kept sweeps">
      <h3>Kept in this browser</h3>
      <ul>
        {all.map((one) => (
          <Line
            key={one.id}
            {...{ one, desk }}
            isShown={one.id === shown}
            isBeside={one.id === beside}
            canBeBeside={one.id !== shown && one.sweep.axes.length === axes}
          />
        ))}
      </ul>
    </section>
  );
}

interface LineProps {
  one: HeldSweep;
  desk: SweepDesk;
  isShown: boolean;
  isBeside: boolean;
  canBeBeside: boolean;
}

function Line({ one, desk, isShown, isBeside, canBeBeside }: LineProps) {
  const { sweep, made, planned, id, typed, base } = one;
  const state = isDone(one) ? '' : `stands at ${counted(made.size)} of ${counted(planned.length)}`;
  return (
    <li aria-current={isShown || undefined}>
      <button type="button" className="sw-kept-name" onClick={() => desk.setDraft({ typed, base })}>
        <b>{axesName(sweep)}</b>
        <span>
          {resultLabel(typed.result)}, {sizeText(sweep)}
        </span>
        <span>{settingsText(sweep)}</span>
        {state && <span className="sw-open">{state}</span>}
      </button>
      {canBeBeside && (
        <label className="sw-beside">
          <input
            type="checkbox"
            checked={isBeside}
            onChange={({ target }) => desk.setBeside(target.checked ? id : null)}
          />
          <span>beside</span>
        </label>
      )}
      <CloseButton
        className="ui-small"
        label={`Delete the sweep over ${axesName(sweep)}`}
        onClick={() => desk.remove(id)}
      />
    </li>
  );
}
