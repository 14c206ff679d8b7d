import type { Field, Key, Value } from '../../config/fields';
import type { LaneValue } from './values';

/** Props of every control of a setting. */
export interface ControlProps<F extends Field = Field> {
  id: Key;
  field: F;
  /** Of the lanes that the control changes, in order. */
  values: LaneValue[];
  /** `settled` is false while a slider moves. */
  onChange(value: Value, settled?: boolean): void;
  disabled: boolean;
  /** The element that explains the setting. */
  describedBy: string;
}
