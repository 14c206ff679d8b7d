import type { Key } from '../config/fields';
import { ALWAYS, formatInterventions } from '../config/interventions';
import { perObject } from '../lib/objects';
import type { Plan } from './plan';

/** Settings that reach a pass as tensors (inputs.ts), so that a change of one is another step of the same graph. */
const AS_TENSORS: Key[] = ['lr', 'schedule', 'warmup_steps', 'schedule_steps'];
/** Settings that a pass knows by the weights and the constants alone that a model begins with (model/params.ts). */
const IN_THE_STATE: Key[] = [
  'init',
  'init_gain',
  'embed_std',
  'token_correlation',
  'dyt_alpha',
  'dyt_alpha_attn',
];
const ELSEWHERE = new Set<string>([...AS_TENSORS, ...IN_THE_STATE]);

/** The text of all that a plan fixes of its graphs, but for interventions, which come and go. */
const planKey = perObject(({ config, task }: Plan): string => {
  const { interventions: _, ...rest } = config;
  const settings = Object.entries(rest).filter(([name]) => !ELSEWHERE.has(name));
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
