import { createElement, type ComponentType } from 'react';
import type { Field } from '../../config/fields';
import { ChoiceControl } from './ChoiceControl';
import type { ControlProps } from './controlProps';
import { FlagControl } from './FlagControl';
import { NumberControl } from './NumberControl';
import { TextControl } from './TextControl';

const CONTROLS = {
  choice: ChoiceControl,
  flag: FlagControl,
  integer: NumberControl,
  number: NumberControl,
  text: TextControl,
} satisfies { [K in Field['kind']]: ComponentType<ControlProps<Extract<Field, { kind: K }>>> };

/** The control that the field's kind has. */
export const Control = (props: ControlProps) =>
  createElement(CONTROLS[props.field.kind] as ComponentType<ControlProps>, props);
