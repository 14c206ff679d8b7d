import { useMemo } from 'react';
import { useShallow } from 'zustand/shallow';
import type { Direction } from '../../config/statistics';
import type { Limit } from '../../plot/limits';
import { useLaneIds } from '../lanes/useLane';
import { useScope } from '../scope';
import { rangeLimits } from './ranges';

/** Where the lanes' formats end; the same array for as long as their configurations are the same. */
export function useRangeLimits(direction: Direction | null): Limit[] {
  const ids = useLaneIds();
  const configs = useScope(
    useShallow(({ lanes }) => lanes.map(({ config, shown }) => shown?.config ?? config)),
  );
  return useMemo(() => {
    const lanes = configs.map((config, i) => ({ id: ids[i]!, config }));
    return direction ? rangeLimits(lanes, direction) : [];
  }, [ids, configs, direction]);
}
