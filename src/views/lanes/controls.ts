import { createElement, type ComponentType } from 'react';
import type { Field, Key, Value } from '../../config/fields';
import { ChoiceControl } from './ChoiceControl';
import { FlagControl } from './FlagControl';
import { NumberControl } from './NumberControl';
import type { LaneValue } from './values';

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

const CONTROLS = {
  choice: ChoiceControl,
  flag: FlagControl,
  integer: NumberControl,
  number: NumberControl,
} satisfies { [K in Field['kind']]: ComponentType<ControlProps<Extract<Field, { kind: K }>>> };

/** The control that the field's kind has. */
export const Control = (props: ControlProps) =>
  createElement(CONTROLS[props.field.kind] as ComponentType<ControlProps>, props);
