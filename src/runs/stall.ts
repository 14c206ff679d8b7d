import { CHOICES } from '../config/choices';
import type { Measurement } from '../protocol/frame';

/** Weights that an update leaves as they were, for a reason that lies in the numbers. */
interface Told {
  /** Goes on after “The update of step n”. */
  what: string;
  /** `info` where it belongs to training in low precision. */
  level: 'info' | 'warning';
}

/** Updates without effect: what the newest leaves, its step, and how many there were. */
export interface Stall extends Told {
  step: number;
  times: number;
}

const SECOND_MOMENT =
  'Adam’s second moment, which holds the square of the gradient, is beyond float32';
/** From this RMS of a gradient on, its square may be beyond float32 in every number of a tensor. */
const SQUARES_END = 5e20;
/** Under this length of a gradient an update may be below float32’s smallest number. */
const UPDATES_END = 1e-25;

const hasSecondMoment = ({ config }: Measurement) =>
  ['adam', 'adamw', 'muon'].includes(config.optimizer);

/** The cause of an update that changes nothing. */
function causeOf(measurement: Measurement): string {
  const { config, frame } = measurement;
  const { grad_norm, clip_factor } = frame.output;
  const format = CHOICES.precision[config.precision].label;
  if (grad_norm === 0) {
    const isLost = frame.site.grad_underflow.some((count) => count > 0);
    return isLost
      ? `the gradient is 0 everywhere, as it ends below the smallest number of ${format}`
      : 'the gradient is 0 everywhere';
  }
  if (frame.param.update_ratio.some((ratio) => ratio > 0)) {
    return 'it is so small beside the weights that float32 rounds it away';
  }
  return hasSecondMoment(measurement) && grad_norm * clip_factor > UPDATES_END
    ? SECOND_MOMENT
    : 'it is below the smallest number of float32';
}

/** The tensors that an update leaves as they are although they have a gradient: Adam’s, where squares overflow. */
function stuck({ layout, frame }: Measurement): string[] {
  const { update_ratio, param_grad_rms } = frame.param;
  return layout.params.filter(
    (_, i) =>
      !(update_ratio[i]! > 0) && param_grad_rms[i]! > SQUARES_END && param_grad_rms[i]! < Infinity,
  );
}

/** The weights that an update leaves as they were, and why; null where nothing is amiss or another message says it. */
export function stallOf(measurement: Measurement): Told | null {
  const { config, layout, frame } = measurement;
  const { changed, lr } = frame.output;
  if (lr === 0) return null;
  if (changed === 0) {
    // Where nothing else holds it back, a gradient that is not finite makes weights that are not.
    const isSkipped = frame.param.param_grad_rms.some((rms) => !Number.isFinite(rms));
    const format = CHOICES.precision[config.precision].label;
    const cause = isSkipped
      ? `a gradient is not finite in ${format}, so it is skipped and the loss scale halved`
      : causeOf(measurement);
    return { what: `changes no weight: ${cause}.`, level: isSkipped ? 'info' : 'warning' };
  }
  const names = hasSecondMoment(measurement) ? stuck(measurement) : [];
  if (names.length === 0) return null;
  const left = `leaves ${names.length} of ${layout.params.length} tensors as they are, first ${names[0]}`;
  return { what: `${left}: ${SECOND_MOMENT}.`, level: 'warning' };
}

/** The newest, and how many there were. */
export const stallSentence = ({ step, times, what }: Stall): string =>
  `The update of step ${step} ${what}${times === 1 ? '' : ` There were ${times} such updates.`}`;
