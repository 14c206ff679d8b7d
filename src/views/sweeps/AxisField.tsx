import { useId, useState } from 'react';
import { field, GROUPS, isKey, KEYS, type Key } from '../../config/fields';
import { valueLabel } from '../../config/naming';
import { readAxis } from '../../sweeps/axis';
import { CloseButton } from '../ui/buttons';
import { Pick, type Option } from '../ui/Pick';
import { defaultAxis } from './defaults';

const OPTIONS: Option[] = GROUPS.flatMap((group) =>
  KEYS.filter((key) => field(key).group === group).map((key): Option => {
    const { label, note, formula } = field(key);
    return { value: key, label, note, group, code: key, ...(formula && { formula }) };
  }),
);

const keyOf = (typed: string): Key | null => {
  const key = typed.split('=')[0]!.trim();
  return isKey(key) ? key : null;
};

interface RangeParts {
  from: string;
  to: string;
  count: string;
  isLog: boolean;
}
const RANGE = /^([^|]+?)\.\.([^|:]+?):(\d*)(log)?$/;
const rangeOf = (values: string): RangeParts | null => {
  const [, from, to, count, log] = RANGE.exec(values.trim()) ?? [];
  return from === undefined ? null : { from, to: to!, count: count!, isLog: log !== undefined };
};

interface AxisFieldProps {
  label: string;
  typed: string;
  onChange(typed: string): void;
  onRemove?: (() => void) | undefined;
}

/** A setting and the values that it takes, by parts or as it is typed. */
export function AxisField({ label, typed, onChange, onRemove }: AxisFieldProps) {
  const id = useId();
  const key = keyOf(typed);
  const values = typed.slice(typed.indexOf('=') + 1);
  const read = readAxis(typed);
  const problem = 'problem' in read ? read.problem : null;
  const f = key && field(key);
  const range = rangeOf(values);
  const isNumeric = f?.kind === 'number' || f?.kind === 'integer';
  return (
    <fieldset className="sw-field">
      <legend>{label}</legend>
      <div className="sw-line">
        <Pick
          className="sw-pick"
          label={label}
          value={key ?? ''}
          shown={f ? f.label : 'no setting'}
          options={OPTIONS}
          onPick={(picked) => onChange(defaultAxis(picked as Key))}
        />
        {onRemove && (
          <CloseButton
            className="ui-small"
            label={`Without ${label.toLowerCase()}`}
            onClick={onRemove}
          />
        )}
      </div>
      {key && isNumeric && range && (
        <RangeParts
          {...{ range, label }}
          onChange={({ from, to, count, isLog }) =>
            onChange(`${key}=${from}..${to}:${count}${isLog ? 'log' : ''}`)
          }
        />
      )}
      {key && (f?.kind === 'choice' || f?.kind === 'flag') && (
        <Choices
          {...{ id: key, values, label }}
          onChange={(chosen) => onChange(`${key}=${chosen.join('|')}`)}
        />
      )}
      <input
        className="sw-text"
        aria-label={`${label}, typed`}
        aria-invalid={problem !== null}
        aria-describedby={`${id}-problem`}
        value={typed}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        onChange={({ target }) => onChange(target.value)}
      />
      <p id={`${id}-problem`} className="sw-problem" role="status">
        {problem}
      </p>
    </fieldset>
  );
}

interface RangePartsProps {
  label: string;
  range: RangeParts;
  onChange(range: RangeParts): void;
}

function RangeParts({ label, range, onChange }: RangePartsProps) {
  const part = (name: 'from' | 'to' | 'count', said: string) => (
    <label>
      <span>{said}</span>
      <Draft
        label={`${label}, ${said}`}
        value={range[name]}
        onChange={(text) => onChange({ ...range, [name]: text })}
      />
    </label>
  );
  return (
    <div className="sw-range">
      {part('from', 'from')}
      {part('to', 'to')}
      {part('count', 'values')}
      <label>
        <span>spaced</span>
        <select
          aria-label={`${label}, spaced`}
          value={range.isLog ? 'log' : 'linear'}
          onChange={({ target }) => onChange({ ...range, isLog: target.value === 'log' })}
        >
          <option value="linear">evenly</option>
          <option value="log">by factors</option>
        </select>
      </label>
    </div>
  );
}

/** A part that is taken when it is left, so that a half typed number is none of the values. */
function Draft({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string;
  onChange(text: string): void;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const take = () => {
    if (draft !== null && draft.trim() !== '' && draft !== value) onChange(draft.trim());
    setDraft(null);
  };
  return (
    <input
      className="ui-number"
      aria-label={label}
      inputMode="decimal"
      autoComplete="off"
      value={draft ?? value}
      onChange={({ target }) => setDraft(target.value)}
      onKeyDown={({ key }) => key === 'Enter' && take()}
      onBlur={take}
    />
  );
}

interface ChoicesProps {
  id: Key;
  label: string;
  values: string;
  onChange(chosen: string[]): void;
}

function Choices({ id, label, values, onChange }: ChoicesProps) {
  const f = field(id);
  const all = f.kind === 'choice' ? Object.keys(f.choices) : ['false', 'true'];
  const chosen = values.split('|').map((value) => value.trim());
  return (
    <div className="sw-choices" role="group" aria-label={`${label}, values`}>
      {all.map((value) => (
        <label key={value}>
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={({ target }) =>
              // In the order of the list, whichever was ticked last.
              onChange(all.filter((one) => (one === value ? target.checked : chosen.includes(one))))
            }
          />
          <span>{valueLabel(id, f.kind === 'flag' ? value === 'true' : value)}</span>
        </label>
      ))}
    </div>
  );
}
