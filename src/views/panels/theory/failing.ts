import type { Lane } from '../../../runs/state';
import { ASSUMPTIONS, type Moment, type Verdict } from '../../../theory/assumptions';
import type { Predicted } from '../../../runs/theory/predicted';

const about = new Map(ASSUMPTIONS.map((assumption) => [assumption.id, assumption]));

export const statementOf = (id: string): string => about.get(id)?.statement ?? '';

const momentOf = ({ shown, changes }: Lane): Moment => ({
  step: shown?.frame.step ?? 0,
  hasOwnWeights: changes.some(({ weights }) => weights),
});

/** Every assumption of a prediction, judged at the moment that a lane shows: theory is of step 0, and the lane may not be. */
export function verdictsOf(lane: Lane, { config, prediction }: Predicted): Verdict[] {
  const moment = momentOf(lane);
  return (prediction?.assumptions ?? []).map((verdict) => {
    if (verdict.id !== 'initialization') return verdict;
    const { fails, statement, id } = about.get('initialization')!;
    const against = fails({ config, moment, given: null, computed: null });
    return { id, holds: against === null, reason: against ?? statement };
  });
}

/** The quantities that assumptions bound, where their names do not say so. */
const BOUNDED: Record<string, string> = {
  head_width: 'head width',
  batch_statistics: 'tokens that differ',
  length: 'sequence length',
  scores: 'variance of scores',
};
/** The thing that a reason calls “it”. */
const SUBJECTS: Record<string, string> = {
  scores: 'the scores’ variance',
  score_cap: 'the scores’ cap',
  logit_cap: 'the logits’ cap',
  unembedding: 'the unembedding',
  precision: 'numbers',
};

/** A failing assumption in a few words: “width 64 < 128”, “12 updates have been made”. */
export function briefly({ id, reason }: Pick<Verdict, 'id' | 'reason'>): string {
  const [, side, bound] = / at (least|most) (\d+)/.exec(statementOf(id)) ?? [];
  const value = /\d[\d.]*(?<!\.)/.exec(reason)?.[0];
  const isPast = side === 'least' ? Number(value) < Number(bound) : Number(value) > Number(bound);
  if (side && value && isPast) {
    return `${BOUNDED[id] ?? id.replaceAll('_', ' ')} ${value} ${side === 'least' ? '<' : '>'} ${bound}`;
  }
  const clause = reason.split(/[:.](?= |$)/)[0]!;
  const told = clause.replace(/^(It|They)\b/, SUBJECTS[id] ?? '$1');
  return /^(ALiBi|ResiDual)/.test(told) ? told : told.charAt(0).toLowerCase() + told.slice(1);
}

/** Failing assumptions that are named at once. */
const NAMED = 2;

/** “width 64 < 128, 12 updates have been made, 1 more”. */
export const counted = (reasons: readonly string[]): string =>
  [
    ...reasons.slice(0, NAMED),
    ...(reasons.length > NAMED ? [`${reasons.length - NAMED} more`] : []),
  ].join(', ');

/** All that fails, each in a few words. */
export const failing = (verdicts: readonly Verdict[]): string[] =>
  verdicts.filter(({ holds }) => !holds).map(briefly);
