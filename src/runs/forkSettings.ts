import { complete, restartsBy, toTell } from '../config/check';
import type { Config } from '../config/fields';
import { listed } from '../lib/words';

/** Why a run cannot go on from these settings with these changes, in sentences; null where it can. */
export function forkProblem(base: Config, changes: Record<string, unknown>): string | null {
  const { config, problems } = complete(changes, base);
  // Of two that do not go together the one that gives way is told by a remedy; here neither is set.
  const wrong = problems.filter(({ remedy }) => !remedy);
  const anew = restartsBy(base, config);
  const told = toTell(wrong.length || anew.length ? wrong : problems);
  const restart = anew.length
    ? `These settings start a model anew (${listed(anew, 4)}), and a fork goes on with the weights that it has.`
    : '';
  return [...told.map(({ message }) => message), restart].filter(Boolean).join(' ') || null;
}
