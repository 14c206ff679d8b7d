import type { Level } from '../../plot/StepPlot';
import type { LossLevels } from '../../lib/batch';

/** Each level's name on the plot, where room is short, and in a sentence. */
const NAMES: Record<keyof LossLevels, { label: string; short: string; told: string }> = {
  uniform: { label: 'ln V', short: 'ln V', told: 'uniform guess' },
  unigram: { label: 'unigram entropy', short: 'unigram', told: 'unigram entropy' },
  floor: { label: 'floor', short: 'floor', told: 'floor' },
};
const KINDS = Object.keys(NAMES) as (keyof LossLevels)[];

/** The lanes' levels, each value once: lanes that learn the same data have the same, and names may share one. */
export function levelsOf(ofLanes: readonly LossLevels[]): Level[] {
  const kindsAt = new Map<number, Set<keyof LossLevels>>();
  for (const kind of KINDS) {
    for (const { [kind]: value } of ofLanes) {
      if (value !== undefined) kindsAt.set(value, (kindsAt.get(value) ?? new Set()).add(kind));
    }
  }
  return [...kindsAt].map(([value, kinds]) => {
    const all = (which: 'label' | 'short') =>
      [...kinds].map((kind) => NAMES[kind][which]).join(' = ');
    return { value, label: all('label'), short: all('short') };
  });
}

/** The level that says most about a loss: the floor, else what frequencies alone reach, else guessing. */
export function reference(levels: LossLevels): { name: string; value: number } | null {
  const kind = KINDS.findLast((id) => levels[id] !== undefined);
  return kind ? { name: NAMES[kind].told, value: levels[kind]! } : null;
}
