import { counted } from '../lib/words';
import type { Frame, Layout, Measurement } from '../protocol/frame';

/** The first number of a run that was not finite: at which step, and at which site or tensor, or in the loss. */
export interface Divergence {
  step: number;
  site: string;
  statistic: 'rms' | 'grad_rms' | 'param_grad_rms' | 'loss';
  /** The factor of the gradient that is not finite, where it made that larger. */
  lossScale?: number;
}

/**
 * All numbers that training depends on are finite: a NaN beside them means “not defined”. In a record that may be without
 * some of them, a NaN says nothing.
 */
export const isHealthy = ({ layout, frame }: Pick<Measurement, 'layout' | 'frame'>): boolean =>
  layout.isPartial
    ? Math.abs(frame.loss) !== Infinity
    : Number.isFinite(frame.loss) && !Number.isNaN(frame.site.grad_rms[0]);

/**
 * Where a frame first left the finite range: the first site that the signal passes with a bad RMS, else
 * the loss, else the first that the gradient passes on its way back, else a tensor whose gradient is not finite.
 * A gradient that the loss scaling passed over did no harm. `before` is a healthy frame of the
 * same layout: what is NaN there too is not defined at its place and says nothing.
 */
export function divergenceOf(
  layout: Layout,
  frame: Frame,
  before: Frame | null,
): Divergence | null {
  const { sites, params, isPartial } = layout;
  const healthy = isHealthy({ layout, frame });
  const isBad = (value: number) =>
    isPartial ? Math.abs(value) === Infinity : !Number.isFinite(value);
  const bad = (statistic: 'rms' | 'grad_rms') => (value: number, i: number) =>
    Number.isNaN(value)
      ? !isPartial && !healthy && !(before && Number.isNaN(before.site[statistic][i]))
      : !Number.isFinite(value);

  const { step } = frame;
  const { loss_scale } = frame.output;
  const scaled = loss_scale > 1 ? { lossScale: loss_scale } : {};
  const forward = frame.site.rms.findIndex(bad('rms'));
  if (forward >= 0) return { step, site: sites[forward]!, statistic: 'rms' };
  if (isBad(frame.loss)) return { step, site: 'loss', statistic: 'loss' };
  if (frame.output.changed === 0) return null;
  const backward = frame.site.grad_rms.findLastIndex(bad('grad_rms'));
  if (backward >= 0) return { step, site: sites[backward]!, statistic: 'grad_rms', ...scaled };
  const { param_grad_rms } = frame.param;
  const tensor = param_grad_rms.findIndex(isBad);
  if (tensor >= 0) return { step, site: params[tensor]!, statistic: 'param_grad_rms', ...scaled };
  return null;
}

/** The part of a loss scale in a gradient that is not finite. */
export const scaledWords = (lossScale: number): string =>
  `The forward pass is finite; the gradient is multiplied by the loss scale, ${counted(lossScale)}, and a smaller one may keep it finite.`;

/** A divergence in words, before and after the name of its place. */
export function divergenceWords({ step, statistic, lossScale }: Divergence): [string, string] {
  const since = `since step ${counted(step)}, first at`;
  if (statistic === 'rms' || statistic === 'loss') return [`Not finite ${since}`, '.'];
  return [`The gradient is not finite ${since}`, lossScale ? `. ${scaledWords(lossScale)}` : '.'];
}
