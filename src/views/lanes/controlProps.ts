import type { Field, Key, Value } from '../../config/fields';
import type { LaneValue } from './values';

/** Props of every control of a setting. */
export interface ControlProps<F extends Field = Field> {
  id: Key;
  field: F;
  values: LaneValue[];
  /** `settled` is false while a slider moves. */
  onChange(value: Value, settled?: boolean): void;
  disabled: boolean;
  describedBy: string;
}
