/** The kinds of what is wrong with a report. */
export const FINDINGS = {
  lab: 'It is of another lab than this one.',
  date: 'Its dates cannot be.',
  run: 'A run cannot be made again.',
  page: 'A run is not of the page of its step.',
  steps: 'A run did not come to the step that is claimed of it.',
  number: 'A number is not that of its run.',
  outcome: 'An outcome is not that of its numbers.',
} as const;

export interface Finding {
  kind: keyof typeof FINDINGS;
  /** The exercise; null of the whole report. */
  id: string | null;
  /** In sentences. */
  reason: string;
}
