/** A run that was opened from a file. */
export interface Recording {
  name: string;
  /** Sentences on what it is without. */
  notes: readonly string[];
}
