/** The steps that make up a band, at most. */
export const WINDOW = 50;
/** A site has a band from so many steps on, a number of the run from so many. */
export const SITE_LEAST = 5;
export const RUN_LEAST = 10;
/** The loss and every gradient, which hang on the batch, are outside for so many steps in a row: one may be a hard batch. */
export const IN_A_ROW = 3;
/** So many measurements are looked back at, at most. */
export const LOOKED_BACK = WINDOW + IN_A_ROW - 1;
/** A band is left by this factor, upward or downward. */
export const FACTOR = 10;
/** The loss leaves its band by so many nats. */
export const LOSS_MARGIN = 0.3;
/** The entropy below which a head reads one token alone, and the growth of its scores beside. */
export const COLLAPSED = 0.02;
export const SCORES_GROWTH = 2;
/** The share of the last layer’s gradient below which nothing arrives at the first. */
export const VANISHED = 1e-6;

export interface Rule {
  title: string;
  /** The rule in words, and its reason. */
  note: string;
  formula: string;
  /** True where a run is to pause for it; else it is said alone. */
  pauses: boolean;
}

/** Every rule; where several hold at one place, the first is told. W is the band of the last 50 steps. */
export const RULES = {
  overflow: {
    title: 'Overflow',
    note: 'The first site at which numbers that were finite became infinite, or not a number, in the format.',
    formula: String.raw`\#\{|x| > x_{\max}\} > 0`,
    pauses: true,
  },
  not_finite: {
    title: 'Not finite',
    note: 'The first site where the RMS is not a finite number, else the loss, else the first site or tensor of the gradient. A gradient that the loss scale passed over is not meant.',
    formula: String.raw`x \notin \mathbb R`,
    pauses: true,
  },
  leaves_band: {
    title: 'Leaves its band',
    note: `The first site, forward and then backward, whose RMS, or whose gradient for ${IN_A_ROW} steps in a row, is ${FACTOR} times above the largest or below the smallest of the ${WINDOW} steps before.`,
    formula: String.raw`x > ${FACTOR}\max W \;\lor\; x < \min W/${FACTOR}`,
    pauses: true,
  },
  collapse: {
    title: 'Attention collapses',
    note: `A head reads one token alone, and its largest score is above its last ${WINDOW} steps and over ${SCORES_GROWTH} times their median: it grows on.`,
    formula: String.raw`H < ${COLLAPSED} \;\land\; s_{\max} > \max(\max W,\, ${SCORES_GROWTH}\,\mathrm{med}\, W)`,
    pauses: true,
  },
  loss: {
    title: 'Loss rises',
    note: `The loss of ${IN_A_ROW} steps in a row is above the largest of the ${WINDOW} before them by ${LOSS_MARGIN} nats. One alone may be a hard batch.`,
    formula: String.raw`\mathcal L > \max W + ${LOSS_MARGIN}`,
    pauses: true,
  },
  grad_norm: {
    title: 'Gradient jumps',
    note: `The norm of the whole gradient is, for ${IN_A_ROW} steps in a row, ${FACTOR} times the largest of the ${WINDOW} before them.`,
    formula: String.raw`\lVert g\rVert > ${FACTOR}\max W`,
    pauses: true,
  },
  no_update: {
    title: 'No weight changes',
    note: 'The update leaves every weight as it is, though the learning rate is not 0 and nothing was skipped by a loss scale.',
    formula: String.raw`\Delta\theta = 0`,
    pauses: true,
  },
  vanished: {
    title: 'Gradient vanishes',
    note: 'What arrives at the first layer is less than a millionth of what the last one gets.',
    formula: String.raw`g_0 < 10^{-6} g_{L-1}`,
    pauses: false,
  },
  stuck: {
    title: 'Stuck',
    note: 'The mean loss has not fallen in 200 steps, while another lane’s has.',
    formula: String.raw`\bar{\mathcal L}_n \ge \bar{\mathcal L}_{n-200}`,
    pauses: false,
  },
} as const satisfies Record<string, Rule>;

export type RuleId = keyof typeof RULES;
export const isRule = (id: string): id is RuleId => Object.hasOwn(RULES, id);
