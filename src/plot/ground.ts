import { createContext, useContext } from 'react';
import type { Axis } from './axis';
import type { Rows } from './layout';

/** The horizontal scale of a plot: layers, steps, positions. */
export interface Across {
  /** Width of the whole drawing, and the edges of the ground in it. */
  width: number;
  left: number;
  right: number;
  column: number;
  x(at: number): number;
  /** The scale of a model of so many layers, where models of several depths share the axis. */
  of?(n_layers?: number): Across;
}

/** The scales that every mark of a plot shares, and the room that there is. */
export interface Ground {
  rows: Rows;
  across: Across;
  kind: Axis['kind'];
  /** y of a value, or null where it has no place on the axis. */
  y(value: number): number | null;
  /** Cuts off what leaves the ground. */
  clip: string;
  /** Names subject and size: another one is another drawing, and nothing glides there from the last. */
  drawing: string;
  isZoomed: boolean;
}

export const GroundContext = createContext<Ground | null>(null);

/** The ground of the plot that a mark is a child of. */
export function useGround(): Ground {
  const ground = useContext(GroundContext);
  if (!ground) throw new Error('A mark stands outside of a plot.');
  return ground;
}
