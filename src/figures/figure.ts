import type { Axis } from '../plot/axis';
import type { Mark } from '../plot/marks';
import type { LineStyle } from '../plot/trace';

/** A value of a series; `low` and `high` are the ends of the band around it. */
export interface FigurePoint {
  x: number;
  value: number;
  low?: number;
  high?: number;
  /** The row, of a figure of colours: a step as a rule. */
  step?: number;
  /** The width of its column, where that is not 1. */
  width?: number;
}

export interface FigureSeries {
  lane: string;
  /** Its name among the lane’s several series; empty of the lane itself. */
  name: string;
  colour: string;
  mark: Mark | null;
  line?: LineStyle;
  /** 1 unless it stands behind others. */
  alpha: number;
  /** It is among what a legend names. */
  isListed: boolean;
  points: FigurePoint[];
}

/** All that files of a figure are made of, other than its drawing. */
export interface Figure {
  /** Of the panel, and what is shown in it. */
  title: string;
  subject: string;
  unit: string;
  sentence: string;
  /** The step and the place that it is of; empty where its axis has the steps. */
  at: string;
  /** The link that restores the page. */
  link: string;
  /** One place along the horizontal axis. */
  across: string;
  isLogAcross: boolean;
  /** Values are colours, in rows and columns. */
  isMap: boolean;
  /** One row of such a map, where that is no step. */
  down?: string;
  axis: Axis;
  /** A thick line is the mean of so many steps. */
  smoothed: { window: number; mean: 'geometric' | 'arithmetic' } | null;
  series: FigureSeries[];
  levels: { label: string; value: number }[];
}

/** An axis of layers, or of fractions of the depth, has a place for the embedding too: below 0. */
export const isDepth = ({ across }: Pick<Figure, 'across'>): boolean =>
  across === 'layer' || across === 'depth';

/** A place along the axis. */
export const placeName = ({ across }: Pick<Figure, 'across'>, x: number): string =>
  isDepth({ across }) && x < 0 ? 'embed' : decimal(x);

/** One row of a map. */
export const downOf = ({ down = 'step' }: Pick<Figure, 'down'>): string => down;

/** “activation magnitude: rms at resid_post”; “loss”, which is both. */
export const heading = ({ title, subject }: Pick<Figure, 'title' | 'subject'>): string =>
  title === subject ? title : `${title}: ${subject}`;

/** “rms at resid_post”, with its unit. */
export const valueTitle = ({ subject, unit }: Pick<Figure, 'subject' | 'unit'>): string =>
  unit ? `${subject}, ${unit}` : subject;

export const fullName = ({ lane, name }: Pick<FigureSeries, 'lane' | 'name'>): string =>
  name ? `${lane} ${name}` : lane;

/** A value in as few digits as lead back to the same bits. */
export function decimal(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
