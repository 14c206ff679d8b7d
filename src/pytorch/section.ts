/** A part of a script: Python at the top level, under a comment that names it. */
export interface Section {
  title: string;
  /** Without the title and what it imports. */
  code: string;
}

/** A setting that a script cannot have, and why. */
export interface Obstacle {
  setting: string;
  reason: string;
}
