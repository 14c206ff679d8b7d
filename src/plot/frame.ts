import type { Span } from './span';
import type { SpanSelection } from './useSpan';

/** Size and name of a plot, as a panel gives them. */
export interface PlotFrame {
  width: number;
  height: number;
  /** Size of the text, in pixels. */
  text?: number;
  label: string;
  /** Id of the sentence that says what the plot shows. */
  describedBy?: string;
}

/** The mark that pointer and arrow keys move from place to place, 0 … last. */
export interface Cursor {
  /** One place: "layer", "step". */
  name: string;
  last: number;
  hovered: number | null;
  onHover(at: number | null): void;
  /** The place at x, or null where there is none. */
  placeAt(x: number): number | null;
  say?(at: number): string;
  /** The place that is read while nothing is hovered. */
  rest?: number | undefined;
  /** Places that stay marked: without them the arrow keys move what is hovered. */
  span?: SpanSelection & { selected: Span | null };
}
