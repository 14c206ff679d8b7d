import type { Config } from '../config/fields';
import { interventionsOf, type Intervention } from '../config/interventions';
import { layerPlans, type LayerPlan } from '../config/layers';
import { sitesOf } from '../config/sites';
import { siteStatisticsOf } from '../config/statistics';
import { flatLayout, type FlatLayout } from '../model/flat';
import { constantSpecs, paramSpecs, type ParamSpec } from '../model/params';
import { hasTokens } from '../model/transformer';
import type { Layout } from '../protocol/frame';
import { makeTask } from '../tasks';
import type { Task } from '../tasks/task';

export interface Plan {
  config: Config;
  layers: LayerPlan[];
  interventions: Intervention[];
  text: string;
  task: Task | null;
  flat: FlatLayout;
  constants: ParamSpec[];
  buffers: ParamSpec[];
  layout: Layout;
}

export function makePlan(config: Config, text: string): Plan {
  const task = hasTokens(config) ? makeTask(config, text) : null;
  const specs = paramSpecs(config, task?.vocabulary.length ?? 0);
  const flat = flatLayout(specs.filter(({ kind }) => kind !== 'buffer'));
  const buffers = specs.filter(({ kind }) => kind === 'buffer');
  return {
    config,
    layers: layerPlans(config),
    interventions: interventionsOf(config),
    text,
    task,
    flat,
    constants: constantSpecs(config),
    buffers,
    layout: {
      sites: sitesOf(config),
      siteStatistics: siteStatisticsOf(config),
      params: flat.specs.map(({ name }) => name),
      norms: buffers.flatMap(({ name }) => /^(.*)\.running_var$/.exec(name)?.[1] ?? []),
      n_layers: config.n_layers,
      n_heads: config.n_heads,
    },
  };
}

/** [P], 1 at the tensors that are chosen. */
export function maskOf(
  { specs, sizes, starts, total }: FlatLayout,
  isChosen: (spec: ParamSpec) => boolean,
): Float32Array {
  const mask = new Float32Array(total);
  specs.forEach((spec, i) => {
    if (isChosen(spec)) mask.fill(1, starts[i]!, starts[i]! + sizes[i]!);
  });
  return mask;
}

/** [P], 1 where weight decay acts: on matrices and tables, not on what scales or shifts, whatever its shape. */
export const decayMask = (flat: FlatLayout): Float32Array =>
  maskOf(flat, ({ kind }) => kind === 'matrix' || kind === 'table');
