import { useMemo } from 'react';
import { RUN_STATISTICS } from '../../config/statistics';
import { LossPlot, type Level, type LossTrace } from '../../plot/LossPlot';
import type { LossLevels } from '../../lib/batch';
import { useScope } from '../scope';
import { About } from './About';
import { AxisKind, useAxisKind } from './AxisKind';
import { laneLook, named } from './lanes';
import { levelsOf, reference } from './levels';
import { Panel } from './Panel';
import { lossSentence } from './sentences';

const { formula, note } = RUN_STATISTICS.loss;
const ABOUT = {
  title: 'Loss',
  code: 'loss',
  formula,
  note: `${note} The thin line is each step, the thick one a running mean.`,
};

const HEAD = (
  <>
    <span className="panel-unit">nats</span>
    <About {...ABOUT} />
  </>
);

/** The loss of every recorded step, against the levels that give it meaning. */
export function LossPanel() {
  const all = useScope((scope) => scope.lanes);
  const { lanes, traces, told } = useMemo(() => {
    const lanes = named(all);
    return {
      lanes,
      traces: lanes
        // Before there is a loss there is nothing that a name could stand beside.
        .filter(({ lane }) => lane.loss.length > 0)
        .map(({ lane, name }): LossTrace => ({
          id: lane.id,
          label: name,
          ...laneLook(lane.id),
          points: lane.loss,
        })),
      told: lanes.map(({ lane, name }) => ({
        name,
        points: lane.loss,
        level: reference(lane.engine.model?.levels ?? {}),
      })),
    };
  }, [all]);
  const live = useScope((scope) => scope.playing);
  const levels = useLevels(all.map(({ engine }) => engine.model?.levels ?? {}));
  const [kind, setKind] = useAxisKind('loss', explodes(traces, levels) ? 'log' : 'linear');
  return (
    <Panel
      title="loss"
      lanes={lanes}
      head={HEAD}
      tools={<AxisKind kind={kind} onPick={setKind} />}
      sentence={lossSentence(told)}
      plot={(size) => (
        <LossPlot {...size} {...{ traces, levels }} axis={{ kind, live }} label="loss" />
      )}
    />
  );
}

/** Whether a loss is so far off its levels that on a linear axis they would be one line at the bottom. */
const explodes = (traces: readonly LossTrace[], levels: readonly Level[]): boolean => {
  const limit = 10 * Math.max(1, ...levels.map(({ value }) => value));
  return traces.some(({ points }) => points.some(({ loss }) => loss > limit && loss < Infinity));
};

/** The levels, the same array for as long as they are the same. */
function useLevels(ofLanes: LossLevels[]): Level[] {
  const key = JSON.stringify(ofLanes);
  return useMemo(() => levelsOf(JSON.parse(key) as LossLevels[]), [key]);
}
