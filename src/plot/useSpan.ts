import { useRef, type MouseEvent, type PointerEvent } from 'react';
import type { DepthScale } from './depth';
import { extended, headOf, sameSpan, spanOf, type Span } from './span';

interface Options {
  depth: DepthScale;
  selected: Span | null;
  onSelect(span: Span | null): void;
  /** x of a pointer in the drawing. */
  xOf(event: MouseEvent): number;
}

/**
 * Marking layers by pointer and keys: a click marks one (the same again, none), a drag or Shift several.
 */
export type SpanSelection = ReturnType<typeof useSpan>;

export function useSpan({ depth, selected, onSelect, xOf }: Options) {
  /** The layer at which the span was begun: its other end is the one that moves. */
  const begun = useRef<number | null>(null);
  const drag = useRef<{ from: number | null; moved: boolean } | null>(null);

  const choose = (span: Span | null, from: number | null) => {
    begun.current = from;
    if (!sameSpan(span, selected)) onSelect(span);
  };
  const extend = (layer: number) => {
    const span = extended(selected, begun.current, layer);
    choose(span, span.from === layer ? span.to : span.from);
  };

  return {
    /** The layer from which the arrow keys step. */
    head: () => headOf(selected, begun.current),
    /** A key led to this layer, or to none. */
    step(to: number | null, extending: boolean) {
      if (to !== null && extending) extend(to);
      else choose(to === null ? null : spanOf(to), to);
    },
    /** Tells of a click whether it ended a drag, which is over then. */
    wasDrag(): boolean {
      const moved = drag.current?.moved ?? false;
      drag.current = null;
      return moved;
    },
    pointer: {
      onPointerDown(event: PointerEvent) {
        if (event.button !== 0 || !event.isPrimary) return;
        drag.current = { from: depth.layerAt(xOf(event)), moved: false };
        event.currentTarget.setPointerCapture(event.pointerId);
      },
      onPointerMove(event: PointerEvent) {
        const from = drag.current?.from ?? null;
        if (!drag.current || from === null || event.shiftKey || event.buttons === 0) return;
        const to = depth.nearestLayer(xOf(event));
        if (to !== from) drag.current.moved = true;
        if (drag.current.moved) choose(spanOf(from, to), from);
      },
      onPointerUp() {
        // A click follows, which must know whether this was a drag.
        if (!drag.current?.moved) drag.current = null;
      },
      onPointerCancel() {
        drag.current = null;
      },
      onClick(event: MouseEvent) {
        const dragged = drag.current?.moved;
        drag.current = null;
        if (dragged) return;
        const layer = depth.layerAt(xOf(event));
        if (layer !== null && event.shiftKey) extend(layer);
        else if (layer === null || sameSpan(selected, spanOf(layer))) choose(null, null);
        else choose(spanOf(layer), layer);
      },
    },
  };
}
