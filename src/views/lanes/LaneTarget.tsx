import { ToggleGroup } from 'radix-ui';
import type { LaneId } from '../../runs/state';
import { LaneMark, laneLetter } from '../ui/LaneMark';
import { laneStyle } from '../ui/laneStyle';

export const ALL = 'all';

interface LaneTargetProps {
  ids: LaneId[];
  /** A lane, or all of them. */
  target: string;
  onTarget(target: string): void;
  /** What it is that the lanes are picked for. */
  label: string;
  /** What stands for all of them. */
  all?: string;
}

/** Which lanes a change is made in. */
export function LaneTarget({ ids, target, onTarget, label, all = 'All lanes' }: LaneTargetProps) {
  return (
    <ToggleGroup.Root
      type="single"
      className="ln-segmented ln-target"
      aria-label={label}
      value={target}
      onValueChange={(picked) => picked && onTarget(picked)}
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
}
