import { DEFAULTS } from '../../config/fields';

/** A run that was opened from a file. */
export interface Recording {
  name: string;
  /** Sentences on what it is without. */
  notes: readonly string[];
  /** All that the file said of itself, as a record's head does; none where it said nothing. */
  head?: Readonly<Record<string, unknown>>;
}

/**
 * Tests of a run whose settings are all known. A file of another program need not say how its model was made; in one of
 * this app, which names its version, a setting is left out only where it came later, and its default is what was before.
 */
export function saysAllSettings({ head }: Pick<Recording, 'head'>): boolean {
  const { app, config } = head ?? {};
  return (
    app !== undefined || Object.keys(DEFAULTS).every((key) => Object.hasOwn(config ?? {}, key))
  );
}
