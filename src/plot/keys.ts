interface PlotKey {
  /** Values of `KeyboardEvent.key`. */
  keys: readonly string[];
  /** The keys as people call them, and their use in a plot. */
  shown: string;
  title: string;
  /**
   * Where it leads among 0 … last: an index, or null for none. From nowhere, an arrow enters at the end that
   * it comes from.
   */
  step?(from: number | null, last: number): number | null;
  /** The factor by which it scales a value axis. */
  zoom?: number;
}

/** Every key of a focused plot, as the help lists them. */
export const PLOT_KEYS: readonly PlotKey[] = [
  {
    keys: ['ArrowLeft', 'ArrowDown'],
    shown: '← ↓',
    title: 'The layer or step before',
    step: (from, last) => (from === null ? last : Math.max(0, from - 1)),
  },
  {
    keys: ['ArrowRight', 'ArrowUp'],
    shown: '→ ↑',
    title: 'The layer or step after',
    step: (from, last) => (from === null ? 0 : Math.min(last, from + 1)),
  },
  { keys: ['Home'], shown: 'Home', title: 'The first of them', step: () => 0 },
  { keys: ['End'], shown: 'End', title: 'The last of them', step: (_, last) => last },
  { keys: ['Escape'], shown: 'Esc', title: 'Nothing marked', step: () => null },
  { keys: [], shown: 'Shift ← →', title: 'Several layers, from here to there' },
  { keys: ['+', '='], shown: '+ =', title: 'Zoom into the value axis', zoom: 1 / 1.25 },
  { keys: ['-'], shown: '−', title: 'Zoom out', zoom: 1.25 },
  { keys: ['0'], shown: '0', title: 'The axis follows the data again' },
];

const meaningOf = (key: string) => PLOT_KEYS.find(({ keys }) => keys.includes(key));

export const steppedTo = (key: string, from: number | null, last: number) =>
  meaningOf(key)?.step?.(from, last);

export const zoomOf = (key: string): number | undefined => meaningOf(key)?.zoom;
