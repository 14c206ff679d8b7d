import { byName, claimsFor } from '../../claims/search';
import { formatValue } from '../../config/codec';
import { PRESET_NOTES } from '../../config/presetNotes';
import type { Config } from '../../config/fields';
import { presetOf, PRESETS, presetSettings, presetView, type PresetId } from '../../config/presets';
import type { LaneId } from '../../runs/state';
import { useActions } from '../scope';
import { OptionList, OptionMenu, type Option } from '../ui/OptionMenu';
import { useConfigsOf } from './useLane';

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

/** The preset that all of these are of, or ''. */
function sharedPreset(configs: Config[]): string {
  const [first = '', ...others] = configs.map((config) => presetOf(config)?.id ?? '');
  return others.every((id) => id === first) ? first : '';
}

interface PresetsProps {
  lanes: LaneId[];
}

/** The menu of presets. */
export const PresetOptions = (props: PresetsProps) => (
  <OptionMenu isExplained>
    <PresetList {...props} />
  </OptionMenu>
);

/** Its open list: picking one is one change. */
function PresetList({ lanes }: PresetsProps) {
  const { setValues, setView } = useActions();
  const configs = useConfigsOf(lanes);
  return (
    <OptionList
      value={sharedPreset(configs)}
      options={optionsAt(configs[0]?.n_layers ?? 1)}
      onPick={(id) => {
        const preset = PRESETS[id]!;
        setValues((c) => presetSettings(preset, c.n_layers), lanes, presetView(preset));
      }}
      more={(id) => {
        const { label } = PRESETS[id]!;
        const found = claimsFor({ words: byName(label) }).length;
        return found
          ? {
              label: found === 1 ? '1 claim about it…' : `${found} claims about it…`,
              onPick: () => setView({ claims: `open:${byName(label)}` }),
            }
          : null;
      }}
    />
  );
}
