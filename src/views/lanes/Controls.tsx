import { useMemo, useState } from 'react';
import { field, GROUPS, KEYS, type Group as GroupName } from '../../config/fields';
import { ChevronIcon } from '../ui/icons';
import { laneLetter } from '../ui/LaneMark';
import { FieldGroup } from './FieldGroup';
import { ALL, LaneTarget } from './LaneTarget';
import { TOGGLES } from './LaneToggles';
import { PresetMenu } from './PresetMenu';
import { useLaneIds } from './useLane';
import './lanes.css';

const onLanes = new Set(Object.keys(TOGGLES));
const keysOf = (group: GroupName) =>
  KEYS.filter((key) => field(key).group === group && !onLanes.has(key));

/** Every setting but the lanes' own toggles, in groups, from the schema. */
export function Controls() {
  const ids = useLaneIds();
  const [picked, setPicked] = useState<string>(ALL);
  const target = ids.some((id) => id === picked) ? picked : ALL;
  const lanes = useMemo(
    () => (target === ALL ? ids : ids.filter((id) => id === target)),
    [ids, target],
  );
  return (
    <section className="ln-controls" aria-label="Settings">
      <div className="ln-controls-head">
        {ids.length > 1 && (
          <LaneTarget
            ids={ids}
            target={target}
            onTarget={setPicked}
            label="Lanes that the settings change"
          />
        )}
        <PresetMenu
          lanes={lanes}
          label={
            target === ALL ? 'Presets for all lanes' : `Presets for lane ${laneLetter(lanes[0]!)}`
          }
          className="ui-button ln-presets"
        >
          Presets
          <ChevronIcon />
        </PresetMenu>
      </div>
      {GROUPS.map((group) => (
        <FieldGroup key={group} name={group} keys={keysOf(group)} lanes={lanes} />
      ))}
    </section>
  );
}
