import { ToggleGroup } from 'radix-ui';
import { useMemo, useState } from 'react';
import { field, GROUPS, KEYS, type Group as GroupName, type Key } from '../../config/fields';
import type { LaneId } from '../../runs/state';
import { LaneMark, laneLetter } from '../ui/LaneMark';
import { laneStyle } from '../ui/laneStyle';
import { FieldGroup } from './FieldGroup';
import { TOGGLES } from './LaneToggles';
import { useLaneIds } from './useLane';
import './lanes.css';

const ALL = 'all';
const onLanes = new Set<Key>(TOGGLES);
const keysOf = (group: GroupName) =>
  KEYS.filter((key) => field(key).group === group && !onLanes.has(key));

interface TargetProps {
  ids: LaneId[];
  target: string;
  onTarget(target: string): void;
}

/** Which lanes the controls below change. */
function Target({ ids, target, onTarget }: TargetProps) {
  return (
    <ToggleGroup.Root
      type="single"
      className="ln-segmented ln-target"
      aria-label="Lanes that the settings change"
      value={target}
      onValueChange={(picked) => picked && onTarget(picked)}
    >
      <ToggleGroup.Item value={ALL}>All lanes</ToggleGroup.Item>
      {ids.map((id) => (
        <ToggleGroup.Item
          key={id}
          value={id}
          style={laneStyle(id)}
          aria-label={`Lane ${laneLetter(id)} alone`}
        >
          <LaneMark id={id} size={11} />
          {laneLetter(id)}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

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
      {ids.length > 1 && <Target ids={ids} target={target} onTarget={setPicked} />}
      {GROUPS.map((group) => (
        <FieldGroup key={group} name={group} keys={keysOf(group)} lanes={lanes} />
      ))}
    </section>
  );
}
