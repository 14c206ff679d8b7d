import type {
  Direction,
  HeadStatistic,
  LogitStatistic,
  NormStatistic,
  StatisticBy,
  StatisticOf,
} from '../config/statistics';
import * as kernels from '../kernels/statistics/rows';
import type { Complete } from '../lib/objects';

/*
 * The statistics that each computation gives, in the order of its values. A statistic of a registry does not compile
 * before it is in one of these lists.
 */

type Moments = Complete<StatisticBy<'moments'>, typeof kernels.MOMENTS>;
type TokenMoments = Complete<StatisticBy<'tokenMoments'>, typeof kernels.TOKEN_MOMENTS>;
type HeadMoments = Complete<HeadStatistic, typeof kernels.HEAD_MOMENTS>;
type OutputMoments = Complete<LogitStatistic, typeof kernels.OUTPUT_MOMENTS>;
type Discrepancy = Complete<NormStatistic, typeof kernels.DISCREPANCY>;

export const MOMENTS: Moments = kernels.MOMENTS;
export const TOKEN_MOMENTS: TokenMoments = kernels.TOKEN_MOMENTS;
export const HEAD_MOMENTS: HeadMoments = kernels.HEAD_MOMENTS;
export const OUTPUT_MOMENTS: OutputMoments = kernels.OUTPUT_MOMENTS;
export const DISCREPANCY: Discrepancy = kernels.DISCREPANCY;

const lost = {
  forward: ['underflow', 'overflow'],
  backward: ['grad_underflow', 'grad_overflow'],
} as const;
type Losses<D extends Direction> = Complete<
  StatisticBy<'losses'> & StatisticOf<D>,
  (typeof lost)[D]
>;
export const LOSSES: { [D in Direction]: Losses<D> } = lost;

export const GRADIENT: Complete<StatisticBy<'gradient'>, readonly ['grad_rms']> = ['grad_rms'];
export const RATIO: Complete<StatisticBy<'ratio'>, readonly ['branch_ratio']> = ['branch_ratio'];
