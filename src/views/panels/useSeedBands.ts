import { useMemo } from 'react';
import { useShallow } from 'zustand/shallow';
import type { Comparison } from '../../config/comparison';
import type { LaneId } from '../../runs/state';
import type { Axis } from '../../plot/axis';
import type { Trace } from '../../plot/trace';
import type { Measurement } from '../../protocol/frame';
import { later } from '../../runs/later';
import { seedsInTraining, seedsOf } from '../../runs/seeds/samples';
import { useScope } from '../scope';
import { useCode } from '../ui/useCode';
import { fractionAxis, named } from './lanes';
import type { Series } from './series';

const fetchCode = later('draws bands of seeds', () => import('./seedBands'));

/** While no seeds are asked for nothing is looked up at each picture. */
const NONE: never[] = [];
const NOTHING: { traces: Trace[]; tell: () => string } = { traces: [], tell: () => '' };

/** Mean and band over seeds of what a panel shows of each lane, and where lanes differ beyond chance. */
export function useSeedBands(
  read: ((measured: Measurement) => Series[]) | undefined,
  { kind, baseline, by }: { kind: Axis['kind']; baseline: LaneId | null; by: Comparison },
) {
  /** Of seeds in training the moment on show is known, which at the beginning is step 0. */
  const trains = useScope(({ view }) => view.training_seeds > 1);
  const asked = useScope(({ view }) =>
    read ? (view.training_seeds > 1 ? view.training_seeds : view.seeds) : 0,
  );
  const code = useCode(fetchCode, asked > 0);
  const isFraction = useScope((scope) => fractionAxis(scope) !== undefined);
  const isRunning = useScope(({ seeds, seedRuns }) =>
    trains ? seedRuns.progress !== null : seeds.done !== null,
  );
  const names = useScope(
    useShallow(({ lanes }) => (asked ? named(lanes).map(({ name }) => name) : NONE)),
  );
  const ids = useScope(useShallow(({ lanes }) => (asked ? lanes.map(({ id }) => id) : NONE)));
  const samples = useScope(
    useShallow((scope) =>
      asked ? scope.lanes.map((lane) => (trains ? seedsInTraining : seedsOf)(scope, lane)) : NONE,
    ),
  );
  return useMemo(() => {
    if (!code || !read || !asked) return NOTHING;
    const lanes = ids.map((id, i) => {
      const measured = (samples[i] ?? []).slice(0, asked);
      return { id, name: names[i]!, measured };
    });
    const step = Math.max(0, ...lanes.map(({ measured }) => measured[0]?.frame.step ?? 0));
    const held = baseline && { baseline, by };
    // Values held against the baseline differ from no change where the values differ from the baseline’s.
    const compared = [...lanes].sort(
      (a, b) => Number(b.id === baseline) - Number(a.id === baseline),
    );
    return {
      traces: code.bandTraces(code.seededCurves(lanes, read, held, isFraction), kind),
      tell: () =>
        code.seedSentence(code.seededCurves(compared, read, null, isFraction), {
          ...{ asked, step, isRunning },
        }),
    };
  }, [code, read, asked, isRunning, kind, baseline, by, ids, names, samples, isFraction]);
}
