import type { LaneId } from '../../runs/state';
import { useActions } from '../scope';
import { CloseIcon } from '../ui/icons';
import { laneLetter } from '../ui/LaneMark';

export function RemoveLane({ id, name }: { id: LaneId; name: string }) {
  const { removeLane } = useActions();
  return (
    <button
      type="button"
      className="ui-icon-button ui-small"
      aria-label={`Remove lane ${laneLetter(id)}: ${name}`}
      onClick={() => removeLane(id)}
    >
      <CloseIcon />
    </button>
  );
}
