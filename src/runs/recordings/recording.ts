/** A run that was opened from a file. */
export interface Recording {
  name: string;
  /** Sentences on what it is without. */
  notes: readonly string[];
  /** All that the file said of itself, as a record's head does; none where it said nothing. */
  head?: Readonly<Record<string, unknown>>;
}
