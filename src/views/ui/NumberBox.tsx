import { useState, type KeyboardEvent } from 'react';

interface Common {
  label: string;
  min: number;
  max: number;
  /** Whole numbers alone; arrows step through them. */
  whole?: boolean;
  /** Tells of every valid number while it is typed, not only of the last one. */
  live?: boolean;
  size?: number;
}

/** null where nothing is set, which `empty` says in words; without it there always is a number. */
type Valued =
  | { value: number; empty?: undefined; onChange(value: number): void }
  | { value: number | null; empty: string; onChange(value: number | null): void };

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const STEPS: Record<string, number> = { ArrowUp: 1, ArrowDown: -1 };

/** A small number that is typed; what is none goes when the field is left. */
export function NumberBox(props: Common & Valued) {
  const { label, value, min, max, whole = false, empty, live = false, size = 3 } = props;
  const onChange = props.onChange as (value: number | null) => void;
  const [draft, setDraft] = useState<string | null>(null);

  /** A number, null for an empty field, undefined for what cannot be. */
  const read = (text: string): number | null | undefined => {
    if (text.trim() === '') return empty === undefined ? undefined : null;
    // The keyboard of a phone may have the comma of its language alone; here it cannot be a separator.
    const point = text.trim().replace(',', '.');
    const number = NUMBER.test(point) ? Number(point) : NaN;
    const fits = number >= min && number <= max && (!whole || Number.isInteger(number));
    return fits ? number : undefined;
  };
  const give = (next: number | null | undefined) => {
    if (next !== undefined && next !== value) onChange(next);
  };
  const take = () => {
    if (draft !== null) give(read(draft));
    setDraft(null);
  };
  const pressed = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (event.key === 'Enter') take();
    else if (step && whole) {
      event.preventDefault();
      setDraft(null);
      give(Math.min(max, Math.max(min, (value ?? min) + step)));
    }
  };
  return (
    <input
      className="ui-number"
      type="text"
      inputMode={whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      aria-label={label}
      aria-invalid={draft !== null && read(draft) === undefined}
      placeholder={empty}
      style={{ width: `${size + 2}ch` }}
      value={draft ?? (value === null ? '' : String(value))}
      onChange={({ target }) => {
        setDraft(target.value);
        if (live) give(read(target.value));
      }}
      onFocus={(event) => event.target.select()}
      onKeyDown={pressed}
      onBlur={take}
    />
  );
}
