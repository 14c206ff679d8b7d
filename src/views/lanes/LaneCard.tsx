import type { LaneId } from '../../runs/state';
import { laneElementId } from '../header/shortcuts';
import { useActions } from '../scope';
import { CloseIcon } from '../ui/icons';
import { LaneMark, laneLetter } from '../ui/LaneMark';
import { laneStyle } from '../ui/laneStyle';
import { LaneLoss, LaneTrouble } from './LaneState';
import { LaneToggles } from './LaneToggles';

interface LaneCardProps {
  id: LaneId;
  name: string;
  /** The last lane stays. */
  removable: boolean;
}

/** One lane: its name, its loss and its two toggles. */
export function LaneCard({ id, name, removable }: LaneCardProps) {
  const { removeLane } = useActions();
  const letter = laneLetter(id);
  return (
    <section
      id={laneElementId(id)}
      className="ln-card"
      style={laneStyle(id)}
      aria-label={`Lane ${letter}: ${name}`}
      tabIndex={-1}
    >
      <div className="ln-head">
        <LaneMark id={id} size={14} />
        <h2 title={name}>{name}</h2>
        <LaneLoss id={id} />
        {removable && (
          <button
            type="button"
            className="ui-icon-button ui-small"
            aria-label={`Remove lane ${letter}: ${name}`}
            onClick={() => removeLane(id)}
          >
            <CloseIcon />
          </button>
        )}
      </div>
      <LaneToggles id={id} />
      <LaneTrouble id={id} />
    </section>
  );
}
