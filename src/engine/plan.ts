import type { Config } from '../config/fields';
import { sitesOf } from '../config/sites';
import { flatLayout, type FlatLayout } from '../model/flat';
import { constantSpecs, paramSpecs, type ParamSpec } from '../model/params';
import { hasTokens } from '../model/transformer';
import type { Layout } from '../protocol/frame';
import { makeTask } from '../tasks';
import type { Task } from '../tasks/task';

/** Everything about a model that its configuration fixes. */
export interface Plan {
  config: Config;
  text: string;
  task: Task | null;
  flat: FlatLayout;
  constants: ParamSpec[];
  layout: Layout;
}

export function makePlan(config: Config, text: string): Plan {
  const task = hasTokens(config) ? makeTask(config, text) : null;
  const flat = flatLayout(paramSpecs(config, task?.vocabulary.length ?? 0));
  return {
    config,
    text,
    task,
    flat,
    constants: constantSpecs(config),
    layout: {
      sites: sitesOf(config),
      params: flat.specs.map(({ name }) => name),
      n_layers: config.n_layers,
      n_heads: config.n_heads,
    },
  };
}

/** [P], 1 where weight decay acts: on tensors of two or more dimensions. */
export function decayMask({ specs, sizes, starts, total }: FlatLayout): Float32Array {
  const mask = new Float32Array(total);
  specs.forEach(({ shape }, i) => {
    if (shape.length > 1) mask.fill(1, starts[i]!, starts[i]! + sizes[i]!);
  });
  return mask;
}
