import { ALWAYS, formatInterventions } from '../config/interventions';
import { perObject } from '../lib/objects';
import type { Plan } from './plan';

/** Settings that reach a pass as tensors (inputs.ts), so that a change of one is another step of the same graph. */
const AS_TENSORS = new Set(['lr', 'schedule', 'warmup_steps', 'schedule_steps']);

/** The text of all that a plan fixes of its graphs, but for interventions, which come and go. */
const planKey = perObject(({ config, task }: Plan): string => {
  const { interventions: _, ...rest } = config;
  const settings = Object.entries(rest).filter(([name]) => !AS_TENSORS.has(name));
  return [...settings, ['vocabulary', task?.vocabulary.length]]
    .map((one) => one.join('='))
    .join('&');
});

/** All that fixes the graph of a step: two steps with the same key differ in their inputs alone. */
export function graphKey(plan: Plan, step: number, isMeasured: boolean): string {
  const active = plan.interventions.filter(({ steps }) => step >= steps.from && step <= steps.to);
  const acting = formatInterventions(active.map((one) => ({ ...one, steps: ALWAYS })));
  return [planKey(plan), acting, isMeasured ? 'measured' : 'bare'].join(' ');
}
