import { whyNot } from '../../config/applies';
import { complete } from '../../config/check';
import { CHOICES } from '../../config/choices';
import { DEFAULTS, type Config, type Key } from '../../config/fields';
import {
  formatInterventions,
  interventionsOf,
  type Intervention,
} from '../../config/interventions';
import { layerPlans } from '../../config/layers';
import { formatOverrides, overridesOf } from '../../config/overrides';
import { placements } from '../../config/placements';
import { formatSignificant } from '../../lib/significant';
import type { Measurement } from '../../protocol/frame';
import type { Alarm, Remedy } from './alarm';
import { WINDOW, type RuleId } from './rules';
import { isPausing } from './watch';

/** A fork begins so many steps before the first sign, and has passed the point so many steps after the alarm. */
const BACK = 10;
export const PAST = 20;

interface Case {
  alarm: Alarm;
  config: Config;
  /** Measurements before the first sign, the newest last. */
  before: readonly Measurement[];
}

interface Proposal {
  title: string;
  /** The rules that it may help against. */
  against: readonly RuleId[];
  /** The change with its reason, or null where it is no way. */
  propose(given: Case): Pick<Remedy, 'changes' | 'reason'> | null;
  /** It acts from the first update on. */
  fromStart?: true;
}

const DIVERGES = ['not_finite', 'leaves_band', 'loss', 'grad_norm'] as const;
const LOSES_NUMBERS = ['overflow', 'not_finite', 'leaves_band', 'no_update', 'vanished'] as const;

const actsAt = (step: number) => (one: Intervention) =>
  step >= one.steps.from && step <= one.steps.to;

const isLow = ({ precision }: Config) => precision !== 'fp32';
const formatOf = ({ precision }: Config) => CHOICES.precision[precision].label;

/** The middle of the gradient’s norm before the first sign, in two digits. */
function usualNorm(before: readonly Measurement[]): number {
  const norms = before
    .slice(-WINDOW)
    .map(({ frame }) => frame.output.grad_norm)
    .filter((norm) => Number.isFinite(norm) && norm > 0)
    .sort((a, b) => a - b);
  return norms.length ? Number(norms[norms.length >> 1]!.toPrecision(2)) : NaN;
}

/** The nearest causes first. */
const PROPOSALS: Record<string, Proposal> = {
  without_intervention: {
    title: 'Without the intervention',
    against: [...DIVERGES, 'overflow', 'collapse', 'no_update', 'vanished', 'stuck'],
    propose({ alarm: { since }, config }) {
      const all = interventionsOf(config);
      const kept = all.filter((one) => !actsAt(since)(one));
      if (kept.length === all.length) return null;
      const ended = formatInterventions(all.filter(actsAt(since)));
      return {
        changes: { interventions: formatInterventions(kept) },
        reason: `${ended} acts at step ${since}.`,
      };
    },
  },
  float32: {
    title: 'In fp32',
    against: LOSES_NUMBERS,
    propose: ({ config }) =>
      isLow(config)
        ? {
            changes: { precision: 'fp32' },
            reason: `Numbers that ${formatOf(config)} cannot hold are ordinary ones in fp32.`,
          }
        : null,
  },
  autocast: {
    title: 'Autocast',
    against: LOSES_NUMBERS,
    propose: ({ config }) =>
      isLow(config) && config.precision_policy === 'every_op'
        ? {
            changes: { precision_policy: 'autocast' },
            reason: 'Norms, softmax and the residual stream are fp32 then.',
          }
        : null,
  },
  dynamic_scale: {
    title: 'A dynamic loss scale',
    against: LOSES_NUMBERS,
    propose: ({ alarm, config }) =>
      isLow(config) && config.loss_scale !== 0 && alarm.direction !== 'forward'
        ? {
            changes: { loss_scale: 0 },
            reason: `It is halved where a gradient overflows and grows where none does; here it is ${config.loss_scale}.`,
          }
        : null,
  },
  half_rate: {
    title: 'Half the learning rate',
    against: [...DIVERGES, 'collapse'],
    propose: ({ alarm, config: { lr } }) =>
      lr > 0 && alarm.step > 0
        ? { changes: { lr: lr / 2 }, reason: 'Every update is half as large.' }
        : null,
  },
  warm_up: {
    title: 'A warm-up',
    against: [...DIVERGES, 'collapse'],
    fromStart: true,
    propose({ alarm, config }) {
      const warmup_steps = Math.max(100, 2 * config.warmup_steps);
      // Later than that it is over, and the rate is what it was.
      return alarm.step > 0 && alarm.step <= 2 * warmup_steps
        ? {
            changes: { warmup_steps },
            reason: `The first updates, which Adam’s young moments make too large, are small: the rate rises over ${warmup_steps} steps.`,
          }
        : null;
    },
  },
  clipping: {
    title: 'Gradient clipping',
    against: DIVERGES,
    propose({ alarm, config, before }) {
      const grad_clip = usualNorm(before);
      const isTighter = config.grad_clip === 0 || config.grad_clip > grad_clip;
      return grad_clip > 0 && isTighter && alarm.step > 0
        ? {
            changes: { grad_clip },
            reason: `No gradient counts for more than the usual one before, of norm ${formatSignificant(grad_clip, 2)}.`,
          }
        : null;
    },
  },
  qk_norm: {
    title: 'A norm of queries and keys',
    against: ['collapse', ...DIVERGES],
    propose: ({ alarm, config }) =>
      config.qk_norm === 'none' && alarm.at.includes('.attn')
        ? {
            changes: { qk_norm: 'rmsnorm' },
            reason:
              'Scores are bounded by the root of the width of a head, however queries and keys grow.',
          }
        : null,
  },
  pre_ln: {
    title: 'Pre-LN',
    against: [...DIVERGES, 'overflow', 'collapse', 'vanished', 'stuck'],
    propose({ config }) {
      if (!layerPlans(config).some(({ placement }) => !placements[placement].endsInNorm))
        return null;
      const norms = overridesOf(config).flatMap(({ placement: _, ...rest }) =>
        rest.norm ? [rest] : [],
      );
      return {
        changes: { placement: 'pre', layer_overrides: formatOverrides(norms) },
        reason: 'What a branch reads is normalized, and the gradient has a way around every norm.',
      };
    },
  },
  larger_eps: {
    title: 'A larger ε',
    against: [...DIVERGES, 'overflow', 'no_update'],
    propose: ({ config }) =>
      config.norm_eps < DEFAULTS.norm_eps
        ? {
            changes: { norm_eps: DEFAULTS.norm_eps },
            reason: `Rows of nearly equal numbers are divided by the root of ε, here ${config.norm_eps}.`,
          }
        : null,
  },
};

/** Tests of a change that can be made as it stands, and makes a difference. */
function isPossible(changes: Partial<Config>, config: Config): boolean {
  const { config: next, problems } = complete(changes, config);
  return (
    problems.length === 0 && (Object.keys(changes) as Key[]).every((key) => !whyNot(key, next))
  );
}

/**
 * The single changes that may keep a run from an alarm, likely ones first, each with the step to go back to.
 *
 * @param history what was measured of the run, the newest last; steps from the first sign on are left aside
 */
export function remediesFor(
  alarm: Alarm,
  config: Config,
  history: readonly Measurement[],
): Remedy[] {
  const before = history.filter(({ frame }) => frame.step < alarm.since);
  const back = Math.max(0, alarm.since - BACK);
  return Object.entries(PROPOSALS).flatMap(([id, { title, against, propose, fromStart }]) => {
    const proposed = against.includes(alarm.rule) ? propose({ alarm, config, before }) : null;
    if (!proposed || !isPossible(proposed.changes, config)) return [];
    return [{ id, title, ...proposed, from: fromStart ? 0 : back }];
  });
}

/** The outcome of a fork: past the point at which its pedigree raised an alarm, or not. */
export function outcomeOf(
  alarm: Alarm,
  { from }: Pick<Remedy, 'from'>,
  fork: { step: number; alarms: readonly Alarm[] },
): 'passed' | 'failed' | 'open' {
  if (fork.alarms.some((one) => one.step >= from && isPausing(one))) return 'failed';
  return fork.step >= alarm.step + PAST ? 'passed' : 'open';
}
