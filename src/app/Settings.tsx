import type { Key } from '../config/fields';
import { later } from '../views/ui/later';
import { Guard } from './Guard';

const Controls = later(() => import('../views/lanes/Controls').then((code) => code.Controls));
const FewControls = later(() => import('../views/lanes/Controls').then((code) => code.FewControls));

/** The settings that a lecture turns to, where the others are left out. */
const IN_A_LECTURE: Key[] = ['n_layers', 'lr', 'warmup_steps', 'precision'];

export interface SettingsProps {
  /** On a projector: the settings are a few. */
  present: boolean;
}

export const Settings = ({ present }: SettingsProps) => (
  <Guard what="The settings">{present ? <FewControls keys={IN_A_LECTURE} /> : <Controls />}</Guard>
);
