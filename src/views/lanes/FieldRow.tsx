import { memo, useId, useState, type FocusEvent } from 'react';
import type { Choice } from '../../config/choice';
import { field, type Field, type Key } from '../../config/fields';
import { whyLocked } from '../../runs/access';
import type { LaneId } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { Explain, explainText } from '../ui/Explain';
import { UndoIcon } from '../ui/icons';
import { Notices } from '../ui/Notices';
import { Tip } from '../ui/Tip';
import { whyNotInAny } from '../../config/applies';
import { Control } from './Control';
import { useLaneIds, useOfConfigs } from './useLane';
import { differ, isDefault, showValue, type LaneValue } from './values';

interface FieldRowProps {
  id: Key;
  lanes: LaneId[];
}

/** The choice, where the lanes agree on it: its own equation, meaning and source. */
function chosen(f: Field, values: LaneValue[]) {
  if (f.kind !== 'choice' || differ(values)) return null;
  const value = String(values[0]?.value);
  const choice = (f.choices as Record<string, Choice>)[value];
  return choice ? { ...choice, title: choice.label, code: value } : null;
}

/** One setting in one line: name, control, and a way back where it is not at its default. */
export const FieldRow = memo(function FieldRow({ id, lanes }: FieldRowProps) {
  const f = field(id);
  const targets = useLaneIds().filter((lane) => lanes.includes(lane));
  const set = useOfConfigs(lanes, (configs) => configs.map((config) => config[id]));
  const values = set.map((value, i): LaneValue => ({ lane: targets[i]!, value }));
  const locked = useScope(({ view }) => whyLocked(view, id));
  const idle = useOfConfigs(lanes, (configs) => whyNotInAny(id, configs));
  const reason = locked ?? idle;
  const { setValue } = useActions();
  const [explaining, setExplaining] = useState(false);
  const describedBy = useId();
  const explained = { title: f.label, formula: f.formula, note: f.note, code: id, reason };
  const choice = chosen(f, values);
  const modified = !isDefault(f, values);

  const focused = ({ target, currentTarget }: FocusEvent) => {
    // Events of a menu are told to the row that opened it.
    if (!currentTarget.contains(target)) return;
    // By keyboard alone: who points at a control has the tooltip on its name.
    if (target.matches(':focus-visible') && target.matches('[role], button')) setExplaining(true);
  };
  return (
    <div
      className="ln-field"
      data-kind={f.kind}
      data-modified={modified || undefined}
      data-idle={reason !== null || undefined}
      onFocus={focused}
      onBlur={() => setExplaining(false)}
    >
      <Tip
        side="right"
        open={explaining}
        onOpenChange={setExplaining}
        label={explainText(explained)}
        content={
          <div className="ui-explain-parts">
            <Explain {...explained} />
            {choice && <Explain {...choice} />}
          </div>
        }
      >
        <span
          className="ln-name"
          onClick={(event) => {
            // A finger cannot hover.
            event.preventDefault();
            setExplaining(true);
          }}
        >
          {f.label}
        </span>
      </Tip>
      <span id={describedBy} hidden>
        {explainText(explained)}
      </span>
      <div className="ln-control">
        <Control
          id={id}
          field={f}
          values={values}
          disabled={reason !== null}
          describedBy={describedBy}
          onChange={(value, settled) => setValue(id, value, lanes, settled ?? true)}
        />
      </div>
      {modified && !locked && (
        <button
          type="button"
          className="ui-icon-button ui-small ln-reset"
          aria-label={`Reset ${f.label} to ${showValue(id, f.default)}`}
          title={`Reset to ${showValue(id, f.default)}`}
          onClick={() => setValue(id, f.default, lanes)}
        >
          <UndoIcon />
        </button>
      )}
      {/* A lock is told once, above all settings. */}
      {idle && !locked && <p className="ln-reason">{idle}</p>}
      <Notices about={id} />
    </div>
  );
});
