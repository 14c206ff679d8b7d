import { useMemo } from 'react';
import type { Direction } from '../../config/statistics';
import type { Limit } from '../../plot/limits';
import { useScope } from '../scope';
import { rangeLimits } from './ranges';

/** Where the lanes' formats end; the same array for as long as it says the same. */
export function useRangeLimits(direction: Direction | null): Limit[] {
  const key = useScope(({ lanes }) =>
    direction ? JSON.stringify(rangeLimits(lanes, direction)) : '[]',
  );
  return useMemo(() => JSON.parse(key) as Limit[], [key]);
}
