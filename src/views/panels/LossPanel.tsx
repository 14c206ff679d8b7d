import { useMemo } from 'react';
import { useShallow } from 'zustand/shallow';
import type { Choice } from '../../config/choice';
import { CHOICES } from '../../config/choices';
import { readTyped } from '../../config/quantity';
import { StepPlot, type Level, type StepTrace } from '../../plot/StepPlot';
import type { LossLevels } from '../../lib/batch';
import { extremes } from '../../lib/timeSeries';
import { useActions, useScope } from '../scope';
import { Terms } from '../ui/Terms';
import { AboutQuantity } from './About';
import { AxisKind, useAxisKind } from './AxisKind';
import { laneLook, named, useLanesOnShow, type NamedLane } from './lanes';
import { levelsOf, reference } from './levels';
import { Panel } from './Panel';
import { plotEvents } from './plotEvents';
import { useStepBands } from './useStepBands';

const LOSS = readTyped('loss')!;
const SMOOTHED =
  ' The thin line is each step, the thick one the mean of a step and those before it: of 10 steps, fewer while the run is short, about a fiftieth of a long one. On a logarithmic axis it is the geometric mean. Its levels: ln V, the unigram entropy, and the floor of a task that has one.';

const NO_LEVELS: LossLevels = {};

/** The unit of the losses on show, and what has another one or none. */
function unitOf(lanes: readonly NamedLane[]): string {
  const units = lanes.map(({ lane }) => {
    const { objective } = (lane.shown ?? lane).config;
    return (CHOICES.objective[objective] as Choice).unit ?? '';
  });
  if (new Set(units).size < 2) return units[0] ?? '';
  const without = lanes.filter((_, i) => !units[i]).map(({ name }) => name);
  return `${units.find(Boolean)} (${without.join(', ')}: no unit)`;
}

/** The loss of every recorded step, against the levels that give it meaning. */
export function LossPanel() {
  const all = useLanesOnShow();
  const { lanes, traces, told } = useMemo(() => {
    const lanes = named(all);
    return {
      lanes,
      traces: lanes
        // Before there is a loss there is nothing that a name could stand beside.
        .filter(({ lane }) => lane.loss.length > 0)
        .map(({ lane, name }): StepTrace => ({
          id: lane.id,
          label: name,
          ...laneLook(lane.id),
          series: lane.loss,
        })),
      told: lanes.map(({ lane, name }) => ({
        name,
        series: lane.loss,
        level: reference(lane.engine.model?.levels ?? NO_LEVELS),
      })),
    };
  }, [all]);
  const unit = unitOf(lanes);
  const head = useMemo(
    () => (
      <>
        {unit && (
          <span className="panel-unit">
            <Terms>{unit}</Terms>
          </span>
        )}
        <AboutQuantity quantity={LOSS} more={SMOOTHED} />
      </>
    ),
    [unit],
  );
  const live = useScope((scope) => scope.playing);
  const moment = useScope((scope) => (scope.moment === 'live' ? undefined : scope.moment));
  const events = useMemo(() => lanes.flatMap(plotEvents), [lanes]);
  const hovered = useScope((scope) => scope.hoveredStep);
  const { hoverStep } = useActions();
  const ofLanes = useScope(
    useShallow(({ lanes }) => lanes.map(({ engine }) => engine.model?.levels ?? NO_LEVELS)),
  );
  const levels = useMemo(() => levelsOf(ofLanes), [ofLanes]);
  const [kind, setKind] = useAxisKind('loss', explodes(traces, levels) ? 'log' : 'linear');
  const bands = useStepBands('loss', kind === 'log', (runs) =>
    lanes.flatMap(({ lane }) => {
      const trace = traces.find(({ id }) => id === lane.id);
      const seeds = runs[lane.id]?.losses;
      return trace && seeds ? [{ trace, seeds }] : [];
    }),
  );
  return (
    <Panel
      title="loss"
      lanes={lanes}
      head={head}
      tools={<AxisKind kind={kind} onPick={setKind} />}
      sentence={({ lossSentence }) => lossSentence(told, kind, moment)}
      plot={(size) => (
        <StepPlot
          {...size}
          {...{ traces, bands, levels, hovered, events, moment }}
          smooths
          axis={{ kind, live }}
          unit={unit}
          label="loss"
          onHover={hoverStep}
        />
      )}
    />
  );
}

/** A loss is so far off its levels that on a linear axis they would be one line at the bottom; none is below 0, as a projection may be. */
const explodes = (traces: readonly StepTrace[], levels: readonly Level[]): boolean => {
  const limit = 10 * Math.max(1, ...levels.map(({ value }) => value));
  const ends = traces.map(({ series }) => extremes(series));
  return (
    ends.some(({ most }) => (most?.value ?? 0) > limit) &&
    ends.every(({ least }) => (least?.value ?? 1) > 0)
  );
};
