import { useState } from 'react';
import { checkValue, textProblem } from '../../config/check';
import type { TextField } from '../../config/fields';
import { type ControlProps, differ, showValues } from './values';
import { DraftInput } from './DraftInput';

const sentence = (text: string): string =>
  text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith('.') ? '' : '.');

/**
 * A line in a small language of its own. What cannot be read stays as it was typed, with the reason below
 * it, while what held before goes on holding; Escape brings that back.
 */
export function TextControl(props: ControlProps<TextField>) {
  const { id, field, values, onChange, disabled, describedBy } = props;
  const [draft, setDraft] = useState<{ text: string; over: string } | null>(null);
  const shown = showValues(id, values);
  const mixed = differ(values);
  const running = mixed ? '' : String(values[0]?.value ?? '');
  // A text that was typed over another value than the one that holds now has been overtaken.
  const typed = draft?.over === shown ? draft.text : null;
  const checked = typed === null ? null : checkValue(id, typed.trim());
  const problem =
    typed !== null && checked && 'problem' in checked
      ? sentence(textProblem(field, typed.trim()) ?? checked.problem.message)
      : null;

  const take = () => {
    if (checked === null || problem) return;
    setDraft(null);
    if ('value' in checked && (mixed || checked.value !== running)) onChange(checked.value);
  };
  return (
    <DraftInput
      className="ln-line"
      {...{ problem, describedBy, disabled }}
      draft={typed}
      aria-label={field.label}
      value={typed ?? running}
      placeholder={mixed ? shown : field.example}
      onDraft={(text) => setDraft(text === null ? null : { text, over: shown })}
      onEnter={take}
      onBlur={take}
    />
  );
}
