import { Switch } from 'radix-ui';
import type { FlagField } from '../../config/fields';
import type { ControlProps } from './controlProps';
import { differ, showValues } from './values';

export function FlagControl(props: ControlProps<FlagField>) {
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
