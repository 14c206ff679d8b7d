import type { Quantity } from '../../../config/quantity';
import type { TrainedLength, Point } from '../../../plot/trace';
import type { ByPosition } from '../../../protocol/evaluation';
import { read } from '../../../protocol/read';
import type { Evaluated, Lane, LaneId } from '../../../runs/state';
import { laneLook } from '../lanes';
import { seriesOf, type Series } from '../series';
import type { LaneSeries } from '../useDepthPanel';

/** Tests of an evaluated model that left the finite range: then NaN does not mean “not defined”. */
export const isBroken = ({ frame }: Evaluated): boolean => !Number.isFinite(frame.loss);

/** A quantity of a lane's model as it is trained, solid, and as it is used, dashed. */
export function readCompared({ evaluation }: Lane, quantity: Quantity): LaneSeries | null {
  if (!evaluation) return null;
  const { training } = evaluation;
  return {
    step: training.frame.step,
    isBroken: isBroken(evaluation),
    series: [
      ...seriesOf(training, quantity),
      ...seriesOf(evaluation, quantity).map((used) => ({
        ...used,
        suffix: 'evaluation',
        line: 'dashed' as const,
        isUnnamed: true,
      })),
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

/** The distance of one kind of norm’s batch from its running statistics; null without such norms. */
export function discrepancyOf({ shown }: Lane, kind: string): Discrepancy | null {
  if (!shown?.layout.norms.length) return null;
  const readNorm = (statistic: 'mean_tid' | 'var_tid') =>
    read(shown, { of: 'norm', statistic, place: kind, each: false });
  const [mean, variance] = [readNorm('mean_tid'), readNorm('var_tid')];
  const hasMean =
    mean.layers.some(({ y }) => !Number.isNaN(y)) ||
    variance.layers.some(({ y }) => Number.isNaN(y));
  return {
    mean: hasMean ? mean.layers : [],
    variance: variance.layers,
    final:
      mean.final === null || variance.final === null
        ? null
        : { mean: mean.final, variance: variance.final },
  };
}

/** The same to be drawn: the mean solid, the variance dotted. */
export function readDiscrepancy(lane: Lane, kind: string): LaneSeries | null {
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
  { of, statistic }: Quantity,
  layer: number,
): Point[] {
  const start = of === 'run' ? 0 : Math.min(layer, layout.n_layers - 1) * seq_len;
  const values = position[statistic as keyof ByPosition];
  return Array.from(values.subarray(start, start + seq_len), (y, x) => ({ x, y }));
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
    ...lanes.map(({ evaluation, recorded, config }) =>
      evaluation || recorded ? (evaluation?.seq_len ?? 0) : config.eval_seq_len || config.seq_len,
    ),
  );
