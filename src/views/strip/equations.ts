import { whyNot } from '../../config/applies';
import { equationsOf } from '../../config/equation';
import { DEFAULTS, field, type Config, type Key } from '../../config/fields';
import { NORMALIZATION } from '../../config/fields/normalization';
import {
  hasEmbedNorm,
  layerPlans,
  sublayerCount,
  updatesOf,
  type LayerPlan,
} from '../../config/layers';
import { layersLabel, valueLabel } from '../../config/naming';
import { norms } from '../../config/norms';
import { normsOf, placements, streamNames } from '../../config/placements';
import { isLearned, normScales, residualScales } from '../../config/scales';
import { formatSignificant } from '../../plot/format';

const samePlan = (a: LayerPlan, b: LayerPlan) => a.placement === b.placement && a.norm === b.norm;

/** The plan of a layer; without one that of the lane, or of its first layer where all are exceptions. */
export function planOf(config: Config, layer: number | null): LayerPlan {
  const plans = layerPlans(config);
  const own = { placement: config.placement, norm: config.norm };
  const marked = layer === null ? undefined : plans[layer];
  return marked ?? plans.find((plan) => samePlan(plan, own)) ?? plans[0]!;
}

/** The equations of a block as this configuration has them, in TeX. layer: where one alone is meant. */
export function blockEquations(config: Config, plan: LayerPlan, layer: number | null = null) {
  const updates = updatesOf(config);
  const isAlone = config.sublayers !== 'both';
  return equationsOf(placements[plan.placement], {
    residual: residualScales[config.residual_scale],
    norms: normScales[config.norm_scale],
    N: sublayerCount(config),
    l: layer ?? 'l',
    f: isAlone ? String.raw`\mathrm{${config.sublayers}}` : 'f',
    isParallel: updates[0]!.length > 1,
  });
}

/** The settings that an equation is written with. */
const WRITTEN: ReadonlySet<Key> = new Set([
  'placement',
  'norm',
  'layer_overrides',
  'residual_scale',
  'norm_scale',
]);
/** All others that normalize, scale or leave out something of what is added up. */
const BESIDE = ([...Object.keys(NORMALIZATION), 'dropout', 'stochastic_depth'] as Key[]).filter(
  (key) => !WRITTEN.has(key),
);

function normText({ placement, norm }: LayerPlan): string {
  if (normsOf(placement).length === 0) return 'no N in the block';
  return `N is ${norm === 'none' ? 'the identity' : norms[norm].label}`;
}

/** Layers that are not as the plan on show says. */
function exceptText(config: Config, shown: LayerPlan): string[] {
  const ranges: { from: number; to: number }[] = [];
  layerPlans(config).forEach((plan, layer) => {
    if (samePlan(plan, shown)) return;
    const last = ranges.at(-1);
    if (last?.to === layer - 1) last.to = layer;
    else ranges.push({ from: layer, to: layer });
  });
  const count = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (!count) return [];
  return [
    ranges.length > 2
      ? `${count} of ${config.n_layers} layers differ`
      : count > 1
        ? `layers ${ranges.map(layersLabel).join(', ')} differ`
        : `layer ${layersLabel(ranges[0]!)} differs`,
  ];
}

/** The values of what an equation has by letters, and the settings that it does not have. */
export function besideEquation(config: Config, plan: LayerPlan, isMarked: boolean): string[] {
  const { residual_scale, n_layers: L } = config;
  const { b } = residualScales[residual_scale];
  const hasAlpha = blockEquations(config, plan).update.includes(String.raw`\alpha\,`);
  const alpha = hasAlpha ? placements[plan.placement].streamFactor?.(L) : undefined;
  const scale = valueLabel('residual_scale', residual_scale);
  return [
    ...(isMarked ? [] : exceptText(config, plan)),
    normText(plan),
    ...streamNames(plan.placement)
      .slice(1)
      .map((name) => `second stream ${name}: y = x + N(${name})`),
    ...(hasEmbedNorm(config) && plan.placement === layerPlans(config)[0]!.placement
      ? ['N on the embedding']
      : []),
    ...(updatesOf(config)[0]!.length > 1 ? ['f: attention and MLP'] : []),
    ...(alpha === undefined ? [] : [`α = ${formatSignificant(alpha)}`]),
    ...(residual_scale === 'one' ? [] : [scale + (isLearned(b) ? `, ${b.start(L)} at first` : '')]),
    ...BESIDE.filter((key) => config[key] !== DEFAULTS[key] && !whyNot(key, config)).map(
      (key) => `${field(key).label} ${valueLabel(key, config[key])}`,
    ),
  ];
}
