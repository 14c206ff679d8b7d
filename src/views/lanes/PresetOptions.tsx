import { byName, claimsFor } from '../../claims/search';
import { formatValue } from '../../config/codec';
import { PRESET_NOTES } from '../../config/presetNotes';
import { PRESETS, presetSettings, presetView, type PresetId } from '../../config/presets';
import type { LaneId } from '../../runs/state';
import { useActions } from '../scope';
import { OptionMenu, type Option } from '../ui/OptionMenu';

/** The presets of a model of this depth, each with what it sets. */
const optionsAt = (L: number): Option[] =>
  Object.entries(PRESETS).map(([value, preset]) => {
    const { label, group } = preset;
    const detail = Object.entries(presetSettings(preset, L))
      .filter(([, set]) => set !== '')
      .map(([key, set]) => `${key}=${formatValue(set)}`)
      .join(' ');
    return { value, label, group, detail, ...PRESET_NOTES[value as PresetId] };
  });

interface PresetOptionsProps {
  lanes: LaneId[];
  /** The preset that these lanes are of, or none. */
  current: string;
  n_layers: number;
}

/** The open list of presets: picking one is one change. */
export function PresetOptions({ lanes, current, n_layers }: PresetOptionsProps) {
  const { setValues, setView } = useActions();
  return (
    <OptionMenu
      value={current}
      options={optionsAt(n_layers)}
      onPick={(id) => {
        const preset = PRESETS[id]!;
        setValues((c) => presetSettings(preset, c.n_layers), lanes, presetView(preset));
      }}
      more={(id) => {
        const { label } = PRESETS[id]!;
        const found = claimsFor(byName(label)).length;
        return found
          ? {
              label: found === 1 ? '1 claim about it…' : `${found} claims about it…`,
              onPick: () => setView({ claims: byName(label) }),
            }
          : null;
      }}
    />
  );
}
