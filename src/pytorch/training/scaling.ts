import type { Config } from '../../config/fields';
import type { Section } from '../section';

/** The loss is scaled in low precision alone. */
export const isScaled = ({ precision, loss_scale }: Config): boolean =>
  precision !== 'fp32' && loss_scale !== 1;
export const isDynamic = (config: Config): boolean => isScaled(config) && config.loss_scale === 0;

/** Of a scale that follows the gradients; a fixed one is a number. */
export const scalingSections = (config: Config): Section[] =>
  isDynamic(config)
    ? [
        {
          title: 'Loss scale',
          code: `
class LossScale:
    """
    Halved where a gradient is not finite, and that update is left out; doubled after 200 steps in
    a row that were. Micikevicius et al. 2018, section 3.2.
    """

    def __init__(self) -> None:
        self.value, self.good = 2.0**16, 0

    def follow(self, is_finite: bool) -> None:
        self.good = self.good + 1 if is_finite else 0
        if not is_finite:
            self.value /= 2
        elif self.good == 200:
            self.value, self.good = min(2 * self.value, 2.0**24), 0
`,
        },
      ]
    : [];
