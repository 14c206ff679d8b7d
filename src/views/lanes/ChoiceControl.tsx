import type { ChoiceField, Value } from '../../config/fields';
import { optionsOf, Pick } from '../ui/Pick';
import type { ControlProps } from './controlProps';
import { differ, showValues } from './values';

export function ChoiceControl(props: ControlProps<ChoiceField>) {
  const { id, field, values, onChange, disabled, describedBy } = props;
  const mixed = differ(values);
  return (
    <Pick
      className="ln-choice"
      label={field.label}
      value={mixed ? '' : String(values[0]?.value)}
      shown={showValues(id, values)}
      options={optionsOf(field.choices, (value) => `${id}=${value}`)}
      onPick={(value) => onChange(value as Value)}
      disabled={disabled}
      describedBy={describedBy}
    />
  );
}
