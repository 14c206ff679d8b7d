import type { LaneId } from '../../runs/state';
import { laneElementId } from '../commands';
import { PresetsIcon } from '../ui/icons';
import { LaneMark, laneLetter } from '../ui/LaneMark';
import { laneStyle } from '../ui/laneStyle';
import { LaneLoss, LaneTrouble } from './LaneState';
import { RemoveLane } from './RemoveLane';
import { LaneToggles } from './LaneToggles';
import { PresetMenu } from './PresetMenu';

interface LaneCardProps {
  id: LaneId;
  name: string;
  /** Without the line of name and loss, where a tab stands above. */
  bare?: boolean;
  /** The last lane stays. */
  removable?: boolean;
}

export const LanePresets = ({ id }: { id: LaneId }) => (
  <PresetMenu
    lanes={[id]}
    label={`Presets of lane ${laneLetter(id)}`}
    className="ui-icon-button ui-small"
  >
    <PresetsIcon />
  </PresetMenu>
);

/** One lane: its name, its loss and its two toggles. */
export function LaneCard({ id, name, bare = false, removable = false }: LaneCardProps) {
  return (
    <section
      id={laneElementId(id)}
      className="ln-card"
      style={laneStyle(id)}
      aria-label={`Lane ${laneLetter(id)}: ${name}`}
      tabIndex={-1}
    >
      {!bare && (
        <div className="ln-head">
          <LaneMark id={id} size={14} />
          <h2 title={name}>{name}</h2>
          <LaneLoss id={id} />
          <LanePresets id={id} />
          {removable && <RemoveLane id={id} name={name} />}
        </div>
      )}
      <LaneToggles id={id} />
      <LaneTrouble id={id} />
    </section>
  );
}
