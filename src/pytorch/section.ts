/** A part of a script: Python at the top level, under a comment that names it. */
export interface Section {
  title: string;
  /** Such as `import math`; those of all sections stand once, at the top. */
  imports: readonly string[];
  /** Without the title, ending in a line break. */
  code: string;
}

/** A setting that a script cannot have, and why. */
export interface Obstacle {
  setting: string;
  reason: string;
}
