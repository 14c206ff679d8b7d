import type { Sublayer } from '../config/blockSites';
import type { Config } from '../config/fields';
import { hasEmbedNorm, hasFinalNorm, layerPlans, sublayerCount, updatesOf } from '../config/layers';
import { leavesByNorm, placements, streamsOf } from '../config/placements';
import { isLearned, normScales, residualScales } from '../config/scales';
import { blockSite, type BlockSite } from '../config/sites';
import type { Pattern } from './attention';
import { dropped, scaled, sum } from './field';
import { embedded, type Given } from './input';
import { objectiveOf, type Objective } from './loss';
import { branch, norm, through, type Passed, type Scope } from './model';
import { createTape, type Line } from './tape';
import type { Tokens } from './tokens';

/** All that the theory knows of a stack after its way forward and back. */
export interface Course {
  /** The line at every site, by its name. */
  sites: Map<string, Line>;
  passed: Passed[];
  patterns: Pattern[];
  objective: Objective | null;
}

/** The factors of stream and branch where they are added; those that are learned as they begin. */
function residualFactors(config: Config): { a: number; b: number } {
  const { a, b } = residualScales[config.residual_scale];
  const N = sublayerCount(config);
  return { a: a.value(N), b: isLearned(b) ? b.start(config.n_layers) : b.value(N) };
}

/** Lines that an update handles: the stream alone, or the branches side by side. */
type Lines = Line[];

/** One residual update, as the placement's own definition has it. */
function updated(x: Line, sublayers: Sublayer[], scope: Scope): { x: Lines; added: Lines } {
  const { config, plan, layer } = scope;
  const placement = placements[plan.placement];
  const normScale = normScales[config.norm_scale].value(layer);
  const { a, b } = residualFactors(config);
  // Kept of a sequence is a share 1 − p of its branches, divided by it (Huang et al. 2016, eq. 4): mean square 1/(1 − p).
  const depth = 1 / Math.sqrt(1 - (config.stochastic_depth * (layer + 1)) / config.n_layers);
  const scale = (line: Line, factor: number) =>
    factor === 1 ? line : through(line, (field) => scaled(field, factor), scope);
  const normed = (lines: Lines) =>
    lines.map((line, i) => scale(norm(line, plan.norm, sublayers[i]!, scope), normScale));

  let added: Lines = [];
  const after = placement.update<Lines>([x], {
    f: ([x]) => sublayers.map((of) => branch(x!, of, scope)),
    norm: normed,
    norm_out: normed,
    amplify: ([x]) => [scale(x!, placement.streamFactor?.(config.n_layers) ?? 1)],
    add: ([stream], branches) => {
      added = branches.map((f, i) => scope.tap(`${sublayers[i]!}_add`, scale(f, b * depth)));
      return plusIn(scope)([scale(stream!, a)], added);
    },
  });
  return { x: after, added };
}

/** A stream and what is added to it. */
const plusIn =
  ({ tape }: Pick<Scope, 'tape'>) =>
  ([stream]: Lines, others: Lines): Lines => [
    others.reduce(
      (x, other) =>
        tape.step([x, other], sum(x.signal, other.signal), (gradient) => [gradient, gradient]),
      stream!,
    ),
  ];

/**
 * The stack in the limit of large width at step 0: what `model/transformer.ts` computes, by its covariances.
 *
 * @param size a factor of what enters
 */
export function courseOf(config: Config, tokens: Tokens, given: Given | null, size = 1): Course {
  const tape = createTape();
  const around = { config, tape };
  const course: Omit<Course, 'objective'> = { sites: new Map(), passed: [], patterns: [] };
  const tap = (site: string, line: Line): Line => {
    course.sites.set(site, line);
    return line;
  };
  const plus = plusIn(around);

  const embed = tap('embed', tape.begin(scaled(embedded(config, tokens, given), size)));
  const x0 = through(embed, (field) => dropped(field, config.dropout), around);
  const { enter, read, write, leave } = streamsOf(config.placement);
  let streams = enter<Lines>([hasEmbedNorm(config) ? norm(x0, config.norm, null, around) : x0]);

  const updates = updatesOf(config);
  layerPlans(config).forEach((plan, layer) => {
    const scope: Scope = {
      ...{ config, tape, tokens, plan, layer },
      tap: (site, line) => tap(blockSite(layer, site as BlockSite), line),
      passed: (one) => course.passed.push(one),
      pattern: (one) => course.patterns.push(one),
    };
    updates.forEach((sublayers, i) => {
      const [x] = read(streams);
      if (i === 0) scope.tap('resid_pre', x!);
      const { x: after, added } = updated(x!, sublayers, scope);
      scope.tap(i === updates.length - 1 ? 'resid_post' : 'resid_mid', after[0]!);
      streams = write(streams, { x: after, added }, { plus });
    });
  });

  const finalNorm = (lines: Lines) => lines.map((line) => norm(line, config.norm, null, around));
  const left = leave(streams, { plus, norm: finalNorm });
  const isNormed = hasFinalNorm(config);
  const [out] = isNormed && !leavesByNorm(config.placement) ? finalNorm(left) : left;
  if (isNormed) tap('final_norm', out!);
  const objective = objectiveOf(out!.signal, config, given);
  if (objective) tape.run(out!, objective.gradient);
  return { ...course, objective };
}
