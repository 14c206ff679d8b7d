import type { ChoiceKey } from '../../config/choices';
import type { Value } from '../../config/fields';
import type { LaneId } from '../../runs/state';
import { useActions } from '../scope';
import { whyNot } from './applies';
import { Segmented } from './Segmented';
import { useLane } from './useLane';

/** The settings that stand on every lane, and not among the rest. */
export const TOGGLES = ['placement', 'norm'] as const satisfies ChoiceKey[];

/** The two toggles that matter: where the norm stands, and which it is. */
export function LaneToggles({ id }: { id: LaneId }) {
  const config = useLane(id, (lane) => lane.config);
  const { setValue } = useActions();
  if (!config) return null;
  return TOGGLES.map((key) => (
    <Segmented
      key={key}
      id={key}
      value={config[key]}
      reason={whyNot(key, config)}
      onPick={(picked) => setValue(key, picked as Value, [id])}
    />
  ));
}
