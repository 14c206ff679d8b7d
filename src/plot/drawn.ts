import type { Axis } from './axis';
import type { Draw } from './Canvas';
import type { Ground } from './ground';
import type { StepBand, StepTrace } from './stepTrace';
import type { Trace } from './trace';
import type { Strip } from './waterfall';

/** Values in rows and columns, as colours show them: NaN where there is none, ∞ for what is not finite. */
export interface Grid extends Pick<
  Strip,
  'label' | 'colour' | 'mark' | 'columns' | 'steps' | 'values'
> {
  /** The place of the first column; −1, the embedding’s, unless said. */
  first?: number;
  /** The places of the columns, where they do not follow one another by 1. */
  places?: readonly number[];
}

/** The content of a plot. */
export interface Shown {
  /** One place along the horizontal axis, which may be logarithmic. */
  across: string;
  isLogAcross?: boolean;
  unit?: string | undefined;
  traces?: readonly Trace[];
  steps?: readonly StepTrace[];
  bands?: readonly StepBand[];
  /** The number of steps that a thick line is the mean of, and which mean. */
  smoothed?: { window: number; mean: 'geometric' | 'arithmetic' };
  strips?: readonly Grid[];
  /** One row of a grid of colours, where that is no step. */
  down?: string;
  /** Its scales, in pixels of the element. */
  ground?: Ground;
  /** Lines across with a meaning of their own. */
  levels?: readonly { label: string; value: number }[];
}

/** The same with the axis and the marks that it came to, for whoever takes the figure away. */
export interface Drawn extends Shown, Axis {
  /** Title of the panel and what is shown in it. */
  label: string;
  dense?: Draw | undefined;
}

const known = new WeakMap<Element, Drawn>();

/** Keeps what an element shows for as long as it is on the page. */
export const keepDrawn = (element: Element, drawn: Drawn): unknown => known.set(element, drawn);

export const drawnIn = (element: Element): Drawn | undefined => known.get(element);
