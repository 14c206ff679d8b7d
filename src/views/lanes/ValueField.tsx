import { useId, useState, type KeyboardEvent } from 'react';
import { checkValue } from '../../config/check';
import { parseValue } from '../../config/codec';
import type { Key, Value } from '../../config/fields';
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
  const messageId = useId();
  const shown = showValues(id, values);
  const mixed = differ(values);
  const typed = draft === null || draft.trim() === '' ? null : draft.trim();
  const checked = typed === null ? null : checkValue(id, parseValue(id, typed));
  const problem = checked && 'problem' in checked ? checked.problem.message : null;

  const take = () => {
    if (checked && 'value' in checked) onChange(checked.value);
  };
  const pressed = (event: KeyboardEvent<HTMLInputElement>) => {
    const nudge = NUDGES[event.key];
    if (nudge) {
      event.preventDefault();
      setDraft(null);
      onNudge(nudge);
    } else if (event.key === 'Enter' && !problem) {
      take();
      setDraft(null);
    } else if (event.key === 'Escape' && draft !== null) {
      // Here Escape takes back what was typed; it does not also close what the field stands in.
      event.stopPropagation();
      event.nativeEvent.stopImmediatePropagation();
      setDraft(null);
    }
  };
  return (
    <>
      <input
        className="ln-value"
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        aria-label={label}
        aria-invalid={problem !== null}
        aria-describedby={problem ? messageId : undefined}
        disabled={disabled}
        style={{ width: `${Math.min(12, Math.max(5, shown.length))}ch` }}
        value={draft ?? (mixed ? '' : shown)}
        placeholder={shown}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={pressed}
        onFocus={(event) => event.target.select()}
        onBlur={() => {
          take();
          setDraft(null);
        }}
      />
      <p className="ln-problem" id={messageId} role="status">
        {problem}
      </p>
    </>
  );
}
