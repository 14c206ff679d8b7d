import { hasScores, normsUsed } from '../config/applies';
import type { Config } from '../config/fields';
import { layerPlans, updatesOf } from '../config/layers';
import { placements } from '../config/placements';
import type { Statistic } from '../config/quantity';
import { normScales, residualScales } from '../config/scales';
import * as laws from './laws';
import type { Law, Step } from './laws';
import { backwardEquation, forwardEquation } from './updateLaws';

/** A prediction opened: the equation that it follows from, how it is applied to this configuration, and whose it is. */
export interface Explanation {
  /** KaTeX. */
  equation: string;
  steps: Step[];
  sources: { text: string }[];
}

const TEX = String.raw;

/** The stream's law where it enters. */
function inputLaw({ task, positions, embed_std: std, token_correlation: rho }: Config): Law {
  if (task === 'gaussian') {
    return {
      forward: {
        text: 'Normal tokens enter, every two of a sequence with the same correlation.',
        formula: TEX`K_{st} = \sigma_e^2\,\bigl(\rho_0 + (1 - \rho_0)\,\delta_{st}\bigr),\quad \sigma_e = ${std},\; \rho_0 = ${rho}`,
      },
    };
  }
  const added: Partial<Record<Config['positions'], string>> = {
    learned: TEX` + \sigma_e^2\,\delta_{st}`,
    sinusoidal: TEX` + \langle p_s, p_t\rangle/d`,
  };
  return {
    forward: {
      text: 'Tokens of one symbol have one vector, others independent ones; which are equal is read off the batch of step 0.',
      formula: TEX`K_{st} = \sigma_e^2\,[w_s = w_t]${added[positions] ?? ''}`,
    },
    sources: [laws.OURS],
  };
}

/** The update of every placement that stands in the stack. */
function updateLaws(config: Config): Law[] {
  const { residual_scale, norm_scale } = config;
  const ids = [...new Set(layerPlans(config).map(({ placement }) => placement))];
  const written = ids.map((id): Law => {
    const { label, source, constants } = placements[id];
    const and = (tex: string) => [tex, ...(constants ?? [])].join(TEX`,\quad `);
    return {
      forward: {
        text: `A sublayer’s update, ${label}: covariances of what is independent add.`,
        formula: and(forwardEquation(id, config)),
      },
      backward: {
        text: `The gradient takes the same ways back, ${label}.`,
        formula: and(backwardEquation(id, config)),
      },
      sources: source ? [source] : [],
    };
  });
  const factors: Law[] = [residualScales[residual_scale], normScales[norm_scale]].flatMap(
    ({ source, formula, label }) =>
      source && formula
        ? [{ forward: { text: `The factor ${label}.`, formula }, sources: [source] }]
        : [],
  );
  return [...written, ...factors];
}

function matrixLaws(config: Config): Law[] {
  const resized = config.init_gain === 1 ? '' : TEX`,\quad \times\,${config.init_gain}^2`;
  return [
    laws.LINEAR,
    {
      forward: {
        text: 'The mean square of an element, by the initialization.',
        formula: laws.INITS[config.init] + resized,
      },
    },
    ...(config.weight_reparam === 'none' ? [] : [laws.SIGMA]),
  ];
}

function sublayerLaws(config: Config): Law[] {
  const sublayers = updatesOf(config).flat();
  return [
    ...matrixLaws(config),
    ...(sublayers.includes('attn') ? [hasScores(config) ? laws.SOFTMAX : laws.UNIFORM] : []),
    ...(hasScores(config) && config.positions === 'rope' ? [laws.ROPE] : []),
    ...(sublayers.includes('mlp') ? [laws.ACTIVATION_LAWS[config.activation]] : []),
    ...(config.dropout > 0 ? [laws.DROPOUT] : []),
    ...(config.stochastic_depth > 0 ? [laws.STOCHASTIC_DEPTH] : []),
  ];
}

/** The laws that a configuration really uses, in the order of its computation. */
const lawsOf = (config: Config): Law[] => [
  inputLaw(config),
  ...updateLaws(config),
  ...[...new Set(normsUsed(config))].flatMap((id) => laws.NORM_LAWS[id] ?? []),
  ...sublayerLaws(config),
];

const topLaw = ({ objective }: Config): Law =>
  objective === 'random_projection' ? laws.RANDOM_PROJECTION : laws.CROSS_ENTROPY;

const present = <T>(values: (T | undefined)[]): T[] =>
  values.filter((value): value is T => value !== undefined);

const explanation = (equation: string, steps: Step[], sources: string[]): Explanation => ({
  equation,
  steps,
  sources: [...new Set(sources)].map((text) => ({ text })),
});

/** Laws of signals as steps, then the reading of the number. */
const forwardSteps = (all: Law[]) => present(all.map(({ forward }) => forward));
const sourcesOf = (all: Law[]) => all.flatMap(({ sources }) => sources ?? []);

/** From the top down: the objective, then every law on its way back. */
const backwardSteps = (config: Config) =>
  present([topLaw(config), ...lawsOf(config)].map(({ backward }) => backward));

const READ_WHERE: Partial<Record<Statistic, string>> = {
  rms: 'The mean over tokens of the covariance’s diagonal is the mean square.',
  token_cosine: 'The mean cosine of two tokens is read off the covariance.',
  grad_rms: 'The mean over tokens of the diagonal is the gradient’s mean square.',
  param_grad_rms:
    'The gradient of a matrix is a sum over tokens of its input times the gradient at its output, which are independent.',
};

/** The gradient of the matrices that make scores does not come by the values' way. */
const ofScores = (place: string, config: Config): Step[] => {
  if (!hasScores(config)) return [];
  if (place === 'attn.wq' || place === 'attn.q') return [laws.GRADIENT_OF_QUERIES];
  return place === 'attn.wk' || place === 'attn.k' ? [laws.GRADIENT_OF_KEYS] : [];
};

/** Of the places outside the blocks, and of what is no covariance. */
const OTHERS: Record<string, (config: Config) => Explanation> = {
  'attn/entropy': (config) =>
    explanation(
      TEX`H = \mathbb E\ln Z - x\,(1 - \mathbb E\textstyle\sum_i a_i^2) \;\to\; \ln m - \tfrac x2,\quad m \to \infty`,
      [
        {
          text: 'The variance of the scores in a row, by what its keys do not share.',
          formula: TEX`x_t = \lambda\,q_{tt}\,\bigl[\mathrm{mean}_i k_{ii} - \mathrm{mean}_{ij} k_{ij}\bigr]\tfrac{m}{m - 1}`,
        },
        laws.ENTROPY.forward!,
        {
          text: 'The mean over rows of the share of ln m, rows of one key left out.',
          formula: TEX`H_t/\ln m_t`,
        },
        ...forwardSteps(lawsOf(config)),
      ],
      [...sourcesOf([laws.ENTROPY, laws.SOFTMAX]), ...sourcesOf(lawsOf(config))],
    ),
  'attn/entropy_floor': () =>
    explanation(
      laws.ENTROPY_FLOOR.forward!.formula!,
      [laws.ENTROPY_FLOOR.forward!],
      sourcesOf([laws.ENTROPY_FLOOR]),
    ),
  'logits/rms': (config) =>
    explanation(
      TEX`\mathrm{rms}^2 = d\,w^2\,\mathrm{mean}_t K_{tt}`,
      forwardSteps(lawsOf(config)),
      [...sourcesOf([laws.LINEAR]), ...sourcesOf(lawsOf(config))],
    ),
  loss: (config) =>
    explanation(
      TEX`\mathcal L = \mathbb E\ln Z \approx \ln V + \tfrac x2,\quad x = d\,w^2\,K_{tt}`,
      [laws.ENTROPY.forward!, ...forwardSteps(lawsOf(config))],
      [...sourcesOf([laws.ENTROPY]), ...sourcesOf(lawsOf(config))],
    ),
};

/**
 * The equation of a predicted quantity, its steps for this configuration, and its sources; null of what theory does not
 * predict.
 *
 * @param quantity as `predict` names it: `resid_post/rms`, `mlp.w_out/param_grad_rms`, `attn/entropy`, `loss`; and
 *   `attn/entropy_floor`, which `entropyFloor` computes of measured scores
 */
export function explanationOf(quantity: string, config: Config): Explanation | null {
  const other = OTHERS[quantity];
  if (other) return other(config);
  const [place, statistic] = quantity.split('/') as [string, Statistic];
  const reading = laws.READINGS[statistic];
  if (!reading) return null;
  const { placement } = config;
  const all = lawsOf(config);
  const isGradient = statistic === 'grad_rms' || statistic === 'param_grad_rms';
  const outside = place === 'embed' && !isGradient;
  const update = isGradient ? backwardEquation : forwardEquation;
  const steps = outside
    ? forwardSteps([inputLaw(config)])
    : [...forwardSteps(all), ...(isGradient ? backwardSteps(config) : [])];
  const read = { text: READ_WHERE[statistic]!, formula: reading };
  const used = outside ? [inputLaw(config)] : all;
  return explanation(
    outside ? reading : `${update(placement, config)},\\qquad ${reading}`,
    [laws.LETTERS, ...steps, ...(isGradient ? ofScores(place, config) : []), read],
    [
      laws.MEAN_FIELD,
      ...(isGradient ? [laws.INDEPENDENCE, ...sourcesOf([topLaw(config)])] : []),
      ...sourcesOf(used),
    ],
  );
}
