import type { MouseEvent } from 'react';
import type { SpanSelection } from './useSpan';

interface Props {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Full precision, for whoever rests the pointer. */
  title: string | null;
  onMove(x: number): void;
  onLeave(): void;
  /** Presses, drags and clicks, if they do anything. */
  pointer?: SpanSelection['pointer'] | undefined;
}

/** x of a pointer within the drawing that it moves over. */
export const xWithin = (event: MouseEvent): number =>
  event.clientX - (event.currentTarget as SVGElement).ownerSVGElement!.getBoundingClientRect().left;

/** The ground that the pointer moves over: one rectangle above everything drawn. */
export const HitArea = ({ title, onMove, onLeave, pointer, ...rect }: Props) => (
  <rect
    className="hit"
    {...rect}
    {...pointer}
    onPointerMove={(event) => {
      onMove(xWithin(event));
      pointer?.onPointerMove(event);
    }}
    onPointerLeave={onLeave}
  >
    {title && <title>{title}</title>}
  </rect>
);
