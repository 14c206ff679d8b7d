import type { Sublayer } from '../../config/blockSites';
import type { Config } from '../../config/fields';
import { layerPlans, sublayerCount, updatesOf, type LayerPlan } from '../../config/layers';
import {
  normsOf,
  placements,
  streamNames,
  streamsOf,
  type NormPlace,
} from '../../config/placements';
import { isLearned, residualScales } from '../../config/scales';
import { docstring } from '../docstring';
import { plainTex } from '../plainTex';
import { constant, python, type Definition } from '../code';
import { float } from '../python';
import { hasInnerNorm } from './attention';
import { factorConstants, placementFactors } from './factors';
import { madeNorm, normed, normName, type PlacedNorm } from './norms';
import { given, namedLines, returned, takes, tapped } from './taps';

/** An expression of Python. */
interface Term {
  code: string;
  /** It needs parentheses where it is multiplied. */
  isSum?: true;
}

/** The lines that an update handles: the stream alone, or the branches side by side. */
export type Lines = Term[];

const times = (factor: string, { code, isSum }: Term): Term => ({
  code: `${factor} * ${isSum ? `(${code})` : code}`,
});

/** A stream and what is added to it. */
export const plus = ([stream]: Lines, others: Lines): Lines => [
  { code: [stream!, ...others].map(({ code }) => code).join(' + '), isSum: true },
];

/** The factor of a branch where it is added, or nothing where it is 1. */
function branchFactor(sublayer: Sublayer, config: Config): string {
  const { b } = residualScales[config.residual_scale];
  if (isLearned(b))
    return b.per === 'layer' ? 'self.residual_scale' : `self.${sublayer}.residual_scale`;
  return b.value(sublayerCount(config)) === 1 ? '' : 'BRANCH_SCALE';
}

/** The factor of the stream where a branch is added. */
function kept(x: Term, config: Config): Term {
  const a = residualScales[config.residual_scale].a.value(sublayerCount(config));
  return a === 1 ? x : times('STREAM_SCALE', x);
}

const NORM_SCALES: Record<Config['norm_scale'], string> = {
  one: '',
  inv_sqrt_layer: '1 / math.sqrt(layer + 1)',
};

/** Stochastic depth of a branch. */
const skipping = (of: Sublayer, value: string): string => python`
  ${value !== of && `${of} = ${value}`}
  if self.training:
      ${of} = skipped(${of}, self.skips, self.${of}.name, now)
`;

/**
 * Statements of one residual update around these sublayers, found by letting the placement's definition act on
 * expressions.
 * @returns the stream after it, and what was added to it
 */
function update(x: Term, sublayers: Sublayer[], plan: LayerPlan, config: Config) {
  const placement = placements[plan.placement];
  const alpha = placementFactors('ALPHA', config).find(({ id }) => id === plan.placement);
  const statements: string[] = [];
  let added: Lines = [];
  /** Of one line: that of the stream has the name of the first sublayer. */
  const norm = (place: NormPlace) => (lines: Lines) =>
    lines.map((line, i): Term => {
      const of = sublayers[i]!;
      const placed: PlacedNorm = { at: `${of}.${place}`, of, kind: plan.norm };
      const y = plan.norm === 'none' ? line : { code: normed(placed, line.code) };
      return config.norm_scale === 'one' ? y : times('self.norm_scale', y);
    });
  const [after] = placement.update<Lines>([x], {
    f([x]) {
      const isShared = sublayers.length > 1 && !/^\w+$/.test(x!.code);
      if (isShared) statements.push(`read = ${x!.code}`);
      return sublayers.map((of) => {
        statements.push(`${of} = self.${of}(${isShared ? 'read' : x!.code}, ${given(config)})`);
        return { code: of };
      });
    },
    norm: norm('norm'),
    norm_out: norm('norm_out'),
    amplify: ([x]) => [alpha ? times(alpha.name, x!) : x!],
    add([stream], branches) {
      added = branches.map((branch, i) => {
        const of = sublayers[i]!;
        const factor = branchFactor(of, config);
        const scaled = factor ? times(factor, branch).code : branch.code;
        statements.push(config.stochastic_depth > 0 ? skipping(of, scaled) : '');
        const value = config.stochastic_depth > 0 ? of : scaled;
        statements.push(tapped([of, value], `${of}_add`, 'block', config));
        return { code: of };
      });
      return plus([kept(stream!, config)], added);
    },
  });
  return { statements, x: after!, added };
}

/** Norms inside the sublayers, by the last part of their names. */
const INNER_NORMS: Record<Config['inner_norm'], Partial<Record<Sublayer, string>>> = {
  none: {},
  subln: { attn: 'norm_inner', mlp: 'norm_inner' },
  normformer: { attn: 'norm_post', mlp: 'norm_inner' },
};

/** Every norm of a block in its place. */
function normsIn({ placement, norm: kind }: LayerPlan, config: Config): PlacedNorm[] {
  const at = (of: Sublayer, place: string): PlacedNorm => ({ at: `${of}.${place}`, of, kind });
  return updatesOf(config).flatMap((sublayers) =>
    sublayers.flatMap((of, i): PlacedNorm[] => {
      const placed = normsOf(placement).filter((place) => i === 0 || place === 'norm_out');
      const inner = INNER_NORMS[config.inner_norm][of];
      return [
        ...placed.map((place) => at(of, place)),
        ...(inner ? [{ ...at(of, inner), d: of === 'mlp' ? 'D_HIDDEN' : 'D_MODEL' } as const] : []),
      ];
    }),
  );
}

/** A statement that makes a norm, an identity where the sublayer's code calls one and this layer has none. */
function made(norm: PlacedNorm, config: Config): string {
  const isCalled = hasInnerNorm(config) && /norm_(inner|post)$/.test(norm.at);
  return madeNorm(norm, config) || (isCalled ? `self.${norm.at} = nn.Identity()` : '');
}

const CLASSES: Record<Sublayer, string> = { attn: 'Attention', mlp: 'MLP' };

/** A learned factor of branches, as it starts. */
function madeScales(config: Config): string[] {
  const { b } = residualScales[config.residual_scale];
  if (!isLearned(b)) return [];
  const owners =
    b.per === 'layer'
      ? ['']
      : updatesOf(config)
          .flat()
          .map((of) => `${of}.`);
  const shape = b.shape(config.d_model)[0] === 1 ? '1,' : 'D_MODEL,';
  const start = float(b.start(config.n_layers));
  return owners.map(
    (owner) => `self.${owner}residual_scale = nn.Parameter(torch.full((${shape}), ${start}))`,
  );
}

/** The class of the blocks that have this plan. */
function blockDefinition(name: string, plan: LayerPlan, config: Config): Definition {
  const { read, write } = streamsOf(config.placement);
  const names = streamNames(config.placement);
  const updates = updatesOf(config);
  const statements: string[] = [];
  const streams: Record<string, Lines> = Object.fromEntries(
    names.map((one) => [one, [{ code: one }]]),
  );
  updates.forEach((sublayers, i) => {
    const [before] = read(streams);
    if (i === 0) statements.push(tapped(['x', before!.code], 'resid_pre', 'block', config));
    const updated = update({ code: 'x' }, sublayers, plan, config);
    const site = i === updates.length - 1 ? 'resid_post' : 'resid_mid';
    statements.push(...updated.statements, tapped(['x', updated.x.code], site, 'block', config));
    const written = write(streams, { x: [{ code: 'x' }], added: updated.added }, { plus });
    const changed = Object.entries(written).filter(([one, [term]]) => term!.code !== one);
    const sides = [changed.map(([one]) => one), changed.map(([, [term]]) => term!.code)];
    statements.push(changed.length ? sides.map((side) => side.join(', ')).join(' = ') : '');
  });
  const { label, formula, source } = placements[plan.placement];
  const streamTypes = names
    .slice(1)
    .map((one) => `, ${one}: Tensor`)
    .join('');
  const result = names.length > 1 ? `Tuple[${names.map(() => 'Tensor').join(', ')}]` : 'Tensor';
  return {
    name,
    code: python`
      class ${name}(nn.Module):
          ${docstring([`${label}: ${plainTex(formula!)}`, source])}

          def __init__(self, layer: int):
              super().__init__()
              ${namedLines('block', config)}
              ${updates.flat().map((of) => `self.${of} = ${CLASSES[of]}(layer)`)}
              ${normsIn(plan, config).map((norm) => made(norm, config))}
              ${madeScales(config)}
              ${config.norm_scale !== 'one' && `self.norm_scale = ${NORM_SCALES[config.norm_scale]}`}
              ${config.stochastic_depth > 0 && 'self.skips = STOCHASTIC_DEPTH * (layer + 1) / N_LAYERS'}

          def forward(self, ${takes(config).replace('x: Tensor', `x: Tensor${streamTypes}`)}) -> ${result}:${names.length === 1 && '  # [B, T, D] -> [B, T, D]'}
              ${returned(names.join(', '), statements)}
    `,
  };
}

/** Words as a name of a class has them: `pre-LN` as PreLN. */
const classWords = (label: string): string =>
  label
    .split(/[^A-Za-z0-9]+/)
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');

/** The plans of a model that differ in what their blocks compute, each with its class and its layers. */
export function blockClasses(
  config: Config,
): { name: string; plan: LayerPlan; layers: number[] }[] {
  const plans = layerPlans(config);
  const normOf = (plan: LayerPlan) => (normsIn(plan, config).length ? normName(plan.norm) : '');
  const norms = new Set(plans.map(normOf).filter(Boolean));
  const classes = new Map<string, { plan: LayerPlan; layers: number[] }>();
  plans.forEach((plan, layer) => {
    const norm = norms.size > 1 ? normOf(plan) : '';
    const name = `${classWords(placements[plan.placement].label)}${norm}Block`;
    const known = classes.get(name);
    if (known) known.layers.push(layer);
    else classes.set(name, { plan, layers: [layer] });
  });
  const isOne = classes.size === 1;
  return [...classes].map(([name, rest]) => ({ name: isOne ? 'Block' : name, ...rest }));
}

/** The factors of stream and branch. */
export function scaleConstants(config: Config): Definition[] {
  const { a, b, formula } = residualScales[config.residual_scale];
  const N = sublayerCount(config);
  const of = `${plainTex(formula!)}, N = ${N}`;
  return [
    constant('STREAM_SCALE', a.value(N), of),
    ...(isLearned(b) ? [] : [constant('BRANCH_SCALE', b.value(N), of)]),
    ...factorConstants('ALPHA', config),
  ];
}

export const blockDefinitions = (config: Config): Definition[] =>
  blockClasses(config).map(({ name, plan }) => blockDefinition(name, plan, config));
