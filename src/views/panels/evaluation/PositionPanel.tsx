import { useMemo, useState } from 'react';
import { meanBetween } from '../../../plot/position';
import { PositionPlot } from '../../../plot/PositionPlot';
import type { Trace } from '../../../plot/trace';
import type { PositionQuantity } from '../../../runs/view';
import { useActions, useScope } from '../../scope';
import { Pick, optionsOf } from '../../ui/Pick';
import { About } from '../About';
import { AxisKind, useAxisKind } from '../AxisKind';
import { laneLook, named } from '../lanes';
import { Panel } from '../Panel';
import { isBroken, longestOf, positionPoints, trainedLengths } from './read';
import { positionSentence } from './sentences';
import { useEvaluatedLanes } from './useEvaluatedLanes';

const QUANTITIES = {
  loss: {
    label: 'loss',
    formula: String.raw`-\ln p(w_{t+1} \mid w_{\le t})`,
    note: 'Loss of the target at a position, mean over the batch, in nats. Not where no target is counted.',
    log: false,
  },
  rms: {
    label: 'RMS of resid_post',
    formula: String.raw`\sqrt{\mathrm{mean}_{b,j}\, x_{btj}^2}`,
    note: 'Root mean square of the stream as it leaves a block, over batch and features.',
    log: true,
  },
  entropy: {
    label: 'attention entropy',
    formula: String.raw`-\sum_j A_{tj}\ln A_{tj} / \ln n_t`,
    note: 'Entropy of the row of attention at a position over the log of the number of keys that it sees, mean over heads and batch. Not where it sees one key alone.',
    log: false,
    domain: [0, 1] as const,
  },
} satisfies Record<
  PositionQuantity,
  { label: string; formula: string; note: string; log: boolean; domain?: readonly [number, number] }
>;

/** The evaluated model position by position: where in the sequence it is good, large or focused. */
export function PositionPanel() {
  const { setView } = useActions();
  const { of } = useScope((scope) => scope.view.position);
  const selected = useScope((scope) => scope.selected?.to ?? null);
  const live = useScope((scope) => scope.playing);
  const all = useEvaluatedLanes();
  const about = QUANTITIES[of];
  const shown = useMemo(() => read(all, of, selected), [all, of, selected]);
  /** Lanes that have been so far apart would be one line at the bottom of a linear axis. */
  const [apart, setApart] = useState(false);
  if (!apart && of === 'loss' && areFarApart(shown.traces)) setApart(true);
  const isLog = about.log || (of === 'loss' && apart);
  const [kind, setKind] = useAxisKind(of, isLog ? 'log' : 'linear');
  const place = of === 'loss' ? '' : ` at ${shown.place}`;
  return (
    <Panel
      title="against position"
      level={3}
      lanes={shown.lanes}
      sentence={positionSentence(shown.told, about.label + place)}
      tools={<AxisKind kind={kind} onPick={setKind} />}
      plot={(size) => (
        <PositionPlot
          {...size}
          axis={{
            kind,
            subject: `${kind} ${of} ${shown.tokens}`,
            always: 'domain' in about ? about.domain : undefined,
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
            value={of}
            options={optionsOf(QUANTITIES)}
            onPick={(id) => setView({ position: { of: id as PositionQuantity } })}
          />
          {of !== 'loss' && <span className="panel-unit">{shown.place}</span>}
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
function read(all: Parameters<typeof named>[0], of: PositionQuantity, selected: number | null) {
  const lanes = named(all);
  const evaluated = lanes.flatMap(({ lane, name }) => {
    const { evaluation } = lane;
    if (!evaluation) return [];
    const points = positionPoints(evaluation, of, selected ?? Infinity);
    // Not defined anywhere, in a model in which nothing went wrong: there is no such curve.
    const defined = isBroken(evaluation) || points.some(({ y }) => !Number.isNaN(y));
    return [{ lane, name, points: defined ? points : [], trained: evaluation.config.seq_len }];
  });
  return {
    lanes,
    tokens: longestOf(all),
    trained: trainedLengths(all),
    place: selected === null ? 'the last layer' : `layer ${selected}`,
    told: evaluated,
    traces: evaluated
      .filter(({ points }) => points.length > 0)
      .map(({ lane, name, points }): Trace => ({
        id: lane.id,
        label: name,
        ...laneLook(lane.id),
        points,
      })),
  };
}
