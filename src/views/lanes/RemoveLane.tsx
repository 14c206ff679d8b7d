import type { LaneId } from '../../runs/state';
import { useActions } from '../scope';
import { CloseButton } from '../ui/CloseButton';
import { laneLetter } from '../ui/LaneMark';

export function RemoveLane({ id, name }: { id: LaneId; name: string }) {
  const { removeLane } = useActions();
  return (
    <CloseButton
      className="ui-small"
      label={`Remove lane ${laneLetter(id)}: ${name}`}
      onClick={() => removeLane(id)}
    />
  );
}
