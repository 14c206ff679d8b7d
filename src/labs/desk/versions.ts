import type { Lab } from '../lab';
import type { KeptLab } from './shelf';

const byBegin = (a: KeptLab, b: KeptLab) => b.progress.began.localeCompare(a.progress.began);

/** The version of a lab that was begun last, of those that were kept from the same address. */
export const newestFrom = (kept: readonly KeptLab[], from: string): KeptLab | undefined =>
  kept.filter((one) => one.from === from).toSorted(byBegin)[0];

/** Tests if a lab’s file was another one at its address when this was begun than it is where it was begun last. */
export const isOlder = (one: KeptLab, kept: readonly KeptLab[]): boolean =>
  one.from !== null && newestFrom(kept, one.from) !== one;

/** Another version of a lab that has answers, the latest one; undefined where there is none. */
export const olderOf = (
  kept: readonly KeptLab[],
  { lab, from }: { lab: Pick<Lab, 'id' | 'print'>; from: string | null },
): KeptLab | undefined =>
  kept
    .filter(
      ({ progress, share, ...one }) =>
        one.from === from &&
        progress.lab.id === lab.id &&
        progress.lab.print !== lab.print &&
        share > 0,
    )
    .toSorted(byBegin)[0];
