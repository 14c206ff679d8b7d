/** Sweeps that the page keeps, as files. What keeps them comes later, and is given by whoever makes the page. */
export interface SweepFiles {
  /** All that are kept. */
  files(): Promise<{ name: string; content: string }[]>;
  /** A file is kept with the others, and the form has its sweep: null, or the reason why not. */
  open(content: string): Promise<string | null>;
}
