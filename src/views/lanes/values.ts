import { field, wordFor, type Field, type Key, type Value } from '../../config/fields';
import { valueLabel } from '../../config/naming';
import type { LaneId } from '../../runs/state';
import { laneLetter } from '../ui/LaneMark';
import { showNumber } from './stops';

export interface LaneValue {
  lane: LaneId;
  value: Value;
}

export const differ = (values: LaneValue[]): boolean =>
  values.some(({ value }) => value !== values[0]?.value);

export const showValue = (key: Key, value: Value): string =>
  typeof value === 'number'
    ? (wordFor(field(key), value) ?? showNumber(value))
    : valueLabel(key, value);

/** The lanes' values in one line: one where they agree, else each different one, in order. */
export const showValues = (key: Key, values: LaneValue[]): string =>
  [...new Set(values.map(({ value }) => showValue(key, value)))].join(' | ');

/** The same for a screen reader, lane by lane where they differ. */
export const sayValues = (key: Key, values: LaneValue[]): string =>
  differ(values)
    ? values.map(({ lane, value }) => `${laneLetter(lane)} ${showValue(key, value)}`).join(', ')
    : showValues(key, values);

export const isDefault = (f: Field, values: LaneValue[]): boolean =>
  values.every(({ value }) => value === f.default);

export interface ControlProps<F extends Field = Field> {
  id: Key;
  field: F;
  values: LaneValue[];
  /** `settled` is false while a slider moves. */
  onChange(value: Value, settled?: boolean): void;
  disabled: boolean;
  describedBy: string;
}
