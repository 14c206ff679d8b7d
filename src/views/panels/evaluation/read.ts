import type { Evaluated, Lane, LaneId, View } from '../../../runs/state';
import type { PositionQuantity } from '../../../runs/view';
import type { Frame } from '../../../protocol/frame';
import type { TrainedLength } from '../../../plot/position';
import type { Point } from '../../../plot/trace';
import { laneLook } from '../lanes';
import { headSeries, normSeries, siteSeries, type Series } from '../series';
import type { Reading } from '../useDepthPanel';

/** Whether the evaluated model left the finite range: then NaN does not mean “not defined”. */
export const isBroken = ({ frame }: Evaluated): boolean => !Number.isFinite(frame.loss);

/** One statistic of a lane's model as it is trained, solid, and as it is used, dashed. */
export function readCompared({ evaluation }: Lane, view: View['compared']): Reading | null {
  if (!evaluation) return null;
  const { layout, training, frame } = evaluation;
  const read = (frame: Frame): Series =>
    view.of === 'heads'
      ? headSeries(layout, frame, view.statistic, false)
      : siteSeries(layout, frame, view.statistic, view.site);
  return {
    step: training.frame.step,
    isBroken: isBroken(evaluation),
    series: [
      read(training.frame),
      { ...read(frame), suffix: 'evaluation', line: 'dashed', isUnnamed: true },
    ],
  };
}

export interface Discrepancy {
  /** Empty where the norm takes no mean out. */
  mean: Point[];
  variance: Point[];
  /** At the final norm, where that is over the batch too. */
  final: { mean: number; variance: number } | null;
}

/** How far the batch of one kind of norm is from its running statistics; null without such norms. */
export function discrepancyOf({ shown }: Lane, kind: string): Discrepancy | null {
  if (!shown?.layout.norms.length) return null;
  const { layout, frame } = shown;
  const mean = normSeries(layout, frame, 'mean_tid', kind).points;
  const variance = normSeries(layout, frame, 'var_tid', kind).points;
  const hasMean =
    mean.some(({ y }) => !Number.isNaN(y)) || variance.some(({ y }) => Number.isNaN(y));
  const at = layout.norms.indexOf('final_norm');
  const { mean_tid, var_tid } = frame.norm;
  return {
    mean: hasMean ? mean : [],
    variance,
    final: at < 0 ? null : { mean: mean_tid[at]!, variance: var_tid[at]! },
  };
}

/** The same to be drawn: the mean solid, the variance dotted. */
export function readDiscrepancy(lane: Lane, kind: string): Reading | null {
  const found = discrepancyOf(lane, kind);
  if (!found) return null;
  const { mean, variance } = found;
  const dotted: Series = { points: variance, line: 'dotted' };
  return {
    step: lane.shown!.frame.step,
    series: mean.length
      ? [{ points: mean }, { ...dotted, suffix: 'variance', isUnnamed: true }]
      : [dotted],
  };
}

/** Position by position; at a layer, where the quantity has one. */
export function positionPoints(
  { position, layout, seq_len }: Evaluated,
  of: PositionQuantity,
  layer: number,
): Point[] {
  const start = of === 'loss' ? 0 : Math.min(layer, layout.n_layers - 1) * seq_len;
  return Array.from(position[of].subarray(start, start + seq_len), (y, x) => ({ x, y }));
}

/** Where training ended of the lanes that are evaluated on longer sequences. */
export function trainedLengths(lanes: readonly Lane[]): TrainedLength[] {
  const owners = new Map<number, LaneId[]>();
  for (const { id, evaluation } of lanes) {
    if (!evaluation || evaluation.seq_len <= evaluation.config.seq_len) continue;
    const { seq_len } = evaluation.config;
    owners.set(seq_len, [...(owners.get(seq_len) ?? []), id]);
  }
  return [...owners].map(([tokens, ids]) =>
    owners.size > 1 && ids.length === 1 ? { tokens, colour: laneLook(ids[0]!).colour } : { tokens },
  );
}

/** Positions that the axis spans: those of the longest evaluation, or what it will be. */
export const longestOf = (lanes: readonly Lane[]): number =>
  Math.max(
    1,
    ...lanes.map(({ evaluation, config }) =>
      evaluation ? evaluation.seq_len : config.eval_seq_len || config.seq_len,
    ),
  );
