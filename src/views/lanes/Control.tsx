import { Switch } from 'radix-ui';
import { createElement, type ComponentType } from 'react';
import type { ChoiceField, Field, FlagField, Value } from '../../config/fields';
import { optionsOf, Pick } from '../ui/Pick';
import { type ControlProps, differ, showValues } from './values';
import { NumberControl } from './NumberControl';
import { TextControl } from './TextControl';

function ChoiceControl(props: ControlProps<ChoiceField>) {
  const { id, field, values, onChange, disabled, describedBy } = props;
  return (
    <Pick
      className="ln-choice"
      label={field.label}
      value={differ(values) ? '' : String(values[0]?.value)}
      shown={showValues(id, values)}
      options={optionsOf(field.choices, (value) => `${id}=${value}`)}
      onPick={(value) => onChange(value as Value)}
      {...{ disabled, describedBy }}
    />
  );
}

function FlagControl(props: ControlProps<FlagField>) {
  const { id, field, values, onChange, disabled, describedBy } = props;
  const mixed = differ(values);
  return (
    <span className="ln-flag">
      <Switch.Root
        className="ln-switch"
        aria-label={field.label}
        aria-describedby={describedBy}
        data-mixed={mixed || undefined}
        checked={!mixed && values[0]?.value === true}
        onCheckedChange={(on) => onChange(on)}
        disabled={disabled}
      >
        <Switch.Thumb className="ln-switch-thumb" />
      </Switch.Root>
      <span aria-hidden="true">{showValues(id, values)}</span>
    </span>
  );
}

const CONTROLS = {
  choice: ChoiceControl,
  flag: FlagControl,
  integer: NumberControl,
  number: NumberControl,
  text: TextControl,
} satisfies { [K in Field['kind']]: ComponentType<ControlProps<Extract<Field, { kind: K }>>> };

export const Control = (props: ControlProps) =>
  createElement(CONTROLS[props.field.kind] as ComponentType<ControlProps>, props);
