import { useState, type KeyboardEvent } from 'react';
import { checkValue } from '../../config/check';
import { parseValue } from '../../config/codec';
import type { Key, Value } from '../../config/fields';
import { DraftInput } from './DraftInput';
import { differ, showValues, type LaneValue } from './values';

interface ValueFieldProps {
  id: Key;
  label: string;
  values: LaneValue[];
  disabled: boolean;
  onChange(value: Value): void;
  /** Arrow up and down: one stop of the slider on. */
  onNudge(by: 1 | -1): void;
}

const NUDGES: Record<string, 1 | -1> = { ArrowUp: 1, ArrowDown: -1 };

/**
 * The value as text that can be typed over. What is no value stays as it was typed, with the reason
 * below it, until it is mended or left.
 */
export function ValueField({ id, label, values, disabled, onChange, onNudge }: ValueFieldProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const shown = showValues(id, values);
  const mixed = differ(values);
  const typed = draft === null || draft.trim() === '' ? null : draft.trim();
  const checked = typed === null ? null : checkValue(id, parseValue(id, typed));
  const problem = checked && 'problem' in checked ? checked.problem.message : null;

  const take = () => {
    if (checked && 'value' in checked) onChange(checked.value);
    setDraft(null);
  };
  const pressed = (event: KeyboardEvent) => {
    const nudge = NUDGES[event.key];
    if (!nudge) return;
    event.preventDefault();
    setDraft(null);
    onNudge(nudge);
  };
  return (
    <DraftInput
      className="ln-value"
      {...{ draft, problem, disabled }}
      inputMode="decimal"
      aria-label={label}
      style={{ width: `${Math.min(12, Math.max(5, shown.length))}ch` }}
      value={draft ?? (mixed ? '' : shown)}
      placeholder={shown}
      onDraft={setDraft}
      onEnter={() => problem ?? take()}
      onKeyDown={pressed}
      onFocus={(event) => event.target.select()}
      onBlur={take}
    />
  );
}
