import { whyNot } from '../../config/applies';
import type { ChoiceKey } from '../../config/choices';
import type { Value } from '../../config/fields';
import { whyLocked } from '../../runs/access';
import type { LaneId } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { Segmented } from './Segmented';
import { useLane } from './useLane';

/** The settings that stand on every lane and not among the rest, and their choices that have a place there. */
export const TOGGLES = {
  placement: { always: ['pre', 'post', 'none'], next: 'sandwich' },
  norm: { always: ['layernorm', 'rmsnorm'], next: 'dyt' },
} as const satisfies Partial<Record<ChoiceKey, { always: string[]; next: string }>>;

const KEYS = Object.keys(TOGGLES) as (keyof typeof TOGGLES)[];

function LaneToggle({ id, of }: { id: keyof typeof TOGGLES; of: LaneId }) {
  const value = useLane(of, ({ config }) => config[id]);
  const reason = useLane(of, ({ config }) => whyNot(id, config));
  const locked = useScope(({ view }) => whyLocked(view, id));
  const { setValue } = useActions();
  if (value === undefined) return null;
  return (
    <Segmented
      {...{ id, value, ...TOGGLES[id] }}
      reason={locked ?? reason ?? null}
      locked={locked !== null}
      onPick={(picked) => setValue(id, picked as Value, [of])}
    />
  );
}

export const LaneToggles = ({ id }: { id: LaneId }) =>
  KEYS.map((key) => <LaneToggle key={key} id={key} of={id} />);
