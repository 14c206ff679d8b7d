import {
  HEAD_STATISTICS,
  PARAM_STATISTICS,
  RUN_STATISTICS,
  SITE_STATISTICS,
  UPDATE_STATISTICS,
} from '../../config/statistics';
import { formatSignificant } from '../../lib/significant';
import { counted, listed } from '../../lib/words';
import type { Alarm, Sign } from './alarm';

const LABELS: Record<Sign['statistic'], string> = {
  rms: SITE_STATISTICS.rms.label,
  grad_rms: SITE_STATISTICS.grad_rms.label,
  param_grad_rms: PARAM_STATISTICS.param_grad_rms.label,
  loss: RUN_STATISTICS.loss.label,
  grad_norm: UPDATE_STATISTICS.grad_norm.label,
  max_logit: HEAD_STATISTICS.max_logit.label,
  overflow: SITE_STATISTICS.overflow.label,
  update_ratio: PARAM_STATISTICS.update_ratio.label,
};

/** “at blocks.5.mlp_add (what the MLP adds to the stream, …)”; nothing of what there is one of. */
function whereWords({ at, head, operation, direction }: Alarm): string {
  if (['loss', 'gradient', 'update'].includes(at)) return '';
  const place = head === undefined ? at : `${at}, head ${head}`;
  const way = direction === 'backward' ? ', on the way back' : '';
  return `at ${place} (${operation}${way}) `;
}

function bandWords({ band, value }: Alarm): string {
  if (!band) return '';
  const { low, high, steps } = band;
  const side = value > high ? 'above' : 'below';
  return `, ${side} the ${formatSignificant(low)} to ${formatSignificant(high)} of the ${steps} steps before`;
}

function valueWords(alarm: Alarm): string {
  const { statistic, value } = alarm;
  if (statistic === 'overflow') return `${counted(value)} numbers overflow`;
  if (statistic === 'update_ratio') return 'no weight changes';
  const shown = Number.isFinite(value) ? formatSignificant(value) : 'not finite';
  return `the ${LABELS[statistic]} is ${shown}${bandWords(alarm)}`;
}

/** An alarm in one to three sentences. */
export function alarmSentence(alarm: Alarm): string {
  const { step, changed, remark } = alarm;
  return [
    `Step ${counted(step)}: ${whereWords(alarm)}${valueWords(alarm)}.`,
    ...(remark ? [remark] : []),
    ...(changed.length ? [`At this step ${listed(changed)} changed.`] : []),
  ].join(' ');
}
