import { ToggleGroup } from 'radix-ui';
import { useMemo, useState } from 'react';
import { LaneMark, laneLetter, laneStyle } from '../ui/LaneMark';
import { useLaneIds } from './useLane';

const ALL = 'all';

/** Lanes that changes are made in, one or all, and the control that picks them where there are several. */
export function useLaneTarget(label: string, all: string) {
  const ids = useLaneIds();
  const [picked, setPicked] = useState<string>(ALL);
  const target = ids.some((id) => id === picked) ? picked : ALL;
  const lanes = useMemo(
    () => (target === ALL ? ids : ids.filter((id) => id === target)),
    [ids, target],
  );
  const pick = ids.length > 1 && (
    <ToggleGroup.Root
      type="single"
      className="ln-segmented ln-target"
      aria-label={label}
      value={target}
      onValueChange={(next) => next && setPicked(next)}
    >
      <ToggleGroup.Item value={ALL}>{all}</ToggleGroup.Item>
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
  return { lanes, pick, isAll: target === ALL };
}
