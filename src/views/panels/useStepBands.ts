import type { StepBand, StepTrace } from '../../plot/StepPlot';
import { useHeld } from '../../plot/useHeld';
import type { TimeSeries } from '../../lib/timeSeries';
import { later } from '../../runs/later';
import type { SeedRuns } from '../../runs/state';
import { useScope } from '../scope';
import { useCode } from '../ui/useCode';

const fetchCode = later('draws bands of seeds', () => import('./stepBands'));

const NONE: StepBand[] = [];

/** A trace against steps, and the same under every seed that its lane trains under; none where it trains under one. */
export interface SeededTrace {
  trace: StepTrace;
  seeds: readonly TimeSeries[];
}

/** Bands over seeds of what a panel shows against steps. */
export function useStepBands(
  subject: string,
  isLog: boolean,
  seeded: (runs: SeedRuns['lanes']) => SeededTrace[],
) {
  const isWanted = useScope(({ view }) => view.training_seeds > 1);
  const runs = useScope(({ seedRuns }) => seedRuns.lanes);
  const code = useCode(fetchCode, isWanted);
  const bandOf = useHeld(`${subject} ${isLog} ${!!code}`, () => code?.createStepBands(isLog));
  if (!isWanted || !bandOf) return NONE;
  return seeded(runs)
    .filter(({ seeds }) => seeds.length > 1)
    .map(({ trace, seeds }) => bandOf(trace, seeds));
}
