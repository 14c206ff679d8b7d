import { whyNot } from '../../config/applies';
import type { ChoiceKey } from '../../config/choices';
import type { Value } from '../../config/fields';
import type { LaneId } from '../../runs/state';
import { useActions } from '../scope';
import { Segmented } from './Segmented';
import { useLane } from './useLane';

/** The settings that stand on every lane and not among the rest, and their choices that have a place there. */
export const TOGGLES = {
  placement: { always: ['pre', 'post', 'none'], next: 'sandwich' },
  norm: { always: ['layernorm', 'rmsnorm'], next: 'dyt' },
} as const satisfies Partial<Record<ChoiceKey, { always: string[]; next: string }>>;

const KEYS = Object.keys(TOGGLES) as (keyof typeof TOGGLES)[];

export function LaneToggles({ id }: { id: LaneId }) {
  const config = useLane(id, (lane) => lane.config);
  const { setValue } = useActions();
  if (!config) return null;
  return KEYS.map((key) => (
    <Segmented
      key={key}
      id={key}
      {...TOGGLES[key]}
      value={config[key]}
      reason={whyNot(key, config)}
      onPick={(picked) => setValue(key, picked as Value, [id])}
    />
  ));
}
