import { useMemo, useState } from 'react';
import { readTyped, typed, type Quantity } from '../../../config/quantity';
import type { StatisticNote } from '../../../config/statisticNotes';
import type { AboutStatistic } from '../../../config/statistics';
import { percentAt } from '../../../plot/depth';
import { alike } from '../../../plot/span';
import { meanBetween, type Trace } from '../../../plot/trace';
import { PositionPlot } from '../../../plot/PositionPlot';
import { useActions, useMoving, useScope } from '../../scope';
import { Pick, optionsOf } from '../../ui/Pick';
import { About } from '../About';
import { AxisKind, useAxisKind } from '../AxisKind';
import { fractionAxis, laneLook, named } from '../lanes';
import { Panel } from '../Panel';
import { isBroken, longestOf, positionPoints, trainedLengths } from './read';
import { positionSentence } from './sentences';
import { useEvaluatedLanes } from './useEvaluatedLanes';

/** The quantities that are offered, as they are at one position. */
const BY_POSITION: Record<string, AboutStatistic & StatisticNote> = {
  loss: {
    label: 'loss',
    formula: String.raw`-\ln p(w_{t+1} \mid w_{\le t})`,
    note: 'Loss of the target at a position, mean over the batch, in nats. Not where no target is counted.',
  },
  'rms@resid_post': {
    label: 'RMS of resid_post',
    formula: String.raw`\sqrt{\mathrm{mean}_{b,j}\, x_{btj}^2}`,
    note: 'Root mean square of the stream as it leaves a block, over batch and features.',
    log: true,
  },
  'entropy@attn': {
    label: 'attention entropy',
    formula: String.raw`-\sum_j A_{tj}\ln A_{tj} / \ln n_t`,
    note: 'Entropy of the row of attention at a position over the log of the number of keys that it sees, mean over heads and batch. Not where it sees one key alone.',
    domain: [0, 1],
  },
};

/** The evaluated model position by position: where in the sequence it is good, large or focused. */
export function PositionPanel() {
  const { setView } = useActions();
  const quantity = useScope((scope) => scope.view.position);
  const selected = useScope((scope) => scope.selected?.to ?? null);
  const live = useMoving();
  const all = useEvaluatedLanes();
  const code = typed(quantity);
  const about = BY_POSITION[code]!;
  const isLoss = quantity.of === 'run';
  const axis = useScope(fractionAxis);
  const shown = useMemo(() => read(all, quantity, selected, axis), [all, quantity, selected, axis]);
  /** Lanes that have been so far apart would be one line at the bottom of a linear axis. */
  const [apart, setApart] = useState(false);
  if (!apart && isLoss && areFarApart(shown.traces)) setApart(true);
  const isLog = about.log || (isLoss && apart);
  const [kind, setKind] = useAxisKind(code, isLog ? 'log' : 'linear');
  const place = isLoss ? '' : ` at ${shown.place}`;
  return (
    <Panel
      title="against position"
      level={3}
      lanes={shown.lanes}
      sentence={() => positionSentence(shown.told, about.label + place)}
      tools={<AxisKind kind={kind} onPick={setKind} />}
      plot={(size) => (
        <PositionPlot
          {...size}
          axis={{
            kind,
            subject: `${kind} ${code} ${shown.tokens}`,
            always: kind === 'linear' ? about.domain : undefined,
            live,
          }}
          traces={shown.traces}
          tokens={shown.tokens}
          trained={shown.trained}
          label={`against position, ${about.label}${place}`}
        />
      )}
      head={
        <>
          <Pick
            className="panel-pick"
            label="By position"
            value={code}
            options={optionsOf(BY_POSITION)}
            onPick={(picked) => setView({ position: readTyped(picked)! })}
          />
          {!isLoss && <span className="panel-unit">{shown.place}</span>}
          <About {...about} title={about.label} />
        </>
      }
    />
  );
}

/** Means so far apart, as ratios. */
const FAR = 10;
function areFarApart(traces: readonly Trace[]): boolean {
  const means = traces
    .map(({ points }) => meanBetween(points, 0, Infinity) ?? 0)
    .filter((mean) => mean > 0);
  return Math.max(...means) > FAR * Math.min(...means);
}

/** Of the marked layer (the last one of several), or of each lane's last. */
function read(
  all: Parameters<typeof named>[0],
  quantity: Quantity,
  selected: number | null,
  axis: number | undefined,
) {
  const lanes = named(all);
  const evaluated = lanes.flatMap(({ lane, name }) => {
    const { evaluation } = lane;
    if (!evaluation) return [];
    const { n_layers } = evaluation.layout;
    const layer = selected !== null && axis ? alike(selected, n_layers, axis) : selected;
    const points = positionPoints(evaluation, quantity, layer ?? Infinity);
    // Not defined anywhere, in a model in which nothing went wrong: there is no such curve.
    const defined = isBroken(evaluation) || points.some(({ y }) => !Number.isNaN(y));
    return [{ lane, name, points: defined ? points : [], trained: evaluation.config.seq_len }];
  });
  return {
    lanes,
    tokens: longestOf(all),
    trained: trainedLengths(all),
    place:
      selected === null
        ? 'the last layer'
        : axis
          ? `${percentAt(selected, axis)} of depth`
          : `layer ${selected}`,
    told: evaluated,
    traces: evaluated
      .filter(({ points }) => points.length > 0)
      .map(({ lane, name, points }): Trace => {
        return { id: lane.id, label: name, ...laneLook(lane.id), points };
      }),
  };
}
