/** The page's answer to alarms. */
export const ALARMS_MEMORY = 'alarms';
/** The section of evaluation as it was left, `open` or `closed`. */
export const EVALUATION_MEMORY = 'panel.evaluation';

/** The page's memory between visits. Storage may be refused; then it remembers nothing. */
export function recall(key: string): string | null {
  try {
    return localStorage.getItem(`normscope.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`normscope.${key}`, value);
  } catch {
    // A private window or a full disk: the page works, and starts as new next time.
  }
}
