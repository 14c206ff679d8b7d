/** One choice of a setting, as a person is told of it. */
export interface Choice {
  label: string;
  formula?: string;
  /** The unit of its values, where it makes any. */
  unit?: string;
  /** One sentence: what it does, or what to look for. */
  note: string;
  /** The paper, with the equation where there is one, or the code it was read in. */
  source?: string;
}

/** Keeps the keys of a registry literal while checking every entry: `choices<Entry>()({ … })`. */
export const choices =
  <C>() =>
  <Id extends string>(entries: Record<Id, C>) =>
    entries;
