import { DropdownMenu } from 'radix-ui';
import { useMemo, type ReactNode } from 'react';
import { formatValue } from '../../config/codec';
import { PRESETS, presetOf, presetSettings, presetView } from '../../config/presets';
import type { LaneId } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { OptionMenu, type Option } from '../ui/OptionMenu';
import { Tip } from '../ui/Tip';
import { useConfigsOf } from './useLane';

/** The presets of a model of this depth, each with what it sets. */
const optionsAt = (L: number): Option[] =>
  Object.entries(PRESETS).map(([value, preset]) => {
    const { label, formula, note, source, group } = preset;
    const detail = Object.entries(presetSettings(preset, L))
      .filter(([, set]) => set !== '')
      .map(([key, set]) => `${key}=${formatValue(set)}`)
      .join(' ');
    return { value, label, formula, note, source, group, detail };
  });

interface PresetMenuProps {
  lanes: LaneId[];
  label: string;
  className: string;
  children: ReactNode;
}

/** Named configurations: one sets what belongs to it in these lanes, and what panels show of it, as one change. */
export function PresetMenu({ lanes, label, className, children }: PresetMenuProps) {
  const { setValues } = useActions();
  const L = useScope((s) => s.lanes.find(({ id }) => id === lanes[0])?.config.n_layers ?? 1);
  const configs = useConfigsOf(lanes);
  const current = useMemo(() => {
    const found = configs.map((config) => presetOf(config)?.id);
    return found.every((id) => id === found[0]) ? (found[0] ?? '') : '';
  }, [configs]);
  const options = useMemo(() => optionsAt(L), [L]);
  return (
    <DropdownMenu.Root modal={false}>
      <Tip label={label} content={label}>
        <DropdownMenu.Trigger className={className} aria-label={label}>
          {children}
        </DropdownMenu.Trigger>
      </Tip>
      <OptionMenu
        value={current}
        options={options}
        onPick={(id) => {
          const preset = PRESETS[id]!;
          setValues((c) => presetSettings(preset, c.n_layers), lanes, presetView(preset));
        }}
      />
    </DropdownMenu.Root>
  );
}
