import { useEffect, useRef } from 'react';
import { unitsAt, type Domain, type Frame } from './axis';

interface Props {
  /** The strip beside the axis that takes the wheel, the drag and the double click. */
  width: number;
  frame: Frame;
  domain: Domain;
  zoom(factor: number, about: number): void;
  shift(by: number): void;
  reset(): void;
}

const WHEEL_RATE = 0.0015;

/** The ticks of a value axis as something to hold: wheel zooms, drag shifts, double click resets. */
export function AxisHandle({ width, frame, domain, zoom, shift, reset }: Props) {
  const strip = useRef<SVGRectElement>(null);
  const dragged = useRef<number | null>(null);

  // React listens to the wheel passively; only a listener of our own may keep the page from scrolling.
  useEffect(() => {
    const element = strip.current;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const y = event.clientY - element!.ownerSVGElement!.getBoundingClientRect().top;
      zoom(Math.exp(event.deltaY * WHEEL_RATE), unitsAt(y, domain, frame));
    };
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [zoom, domain, frame]);

  const perPixel = (domain[1] - domain[0]) / (frame.bottom - frame.top);
  return (
    <rect
      ref={strip}
      className="axis-handle"
      y={frame.top - frame.overscan}
      width={width}
      height={frame.bottom - frame.top + 2 * frame.overscan}
      onPointerDown={(event) => {
        dragged.current = event.clientY;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (dragged.current === null) return;
        shift((event.clientY - dragged.current) * perPixel);
        dragged.current = event.clientY;
      }}
      onPointerUp={() => (dragged.current = null)}
      onPointerCancel={() => (dragged.current = null)}
      onDoubleClick={reset}
    >
      <title>Wheel zooms, drag shifts, double click resets</title>
    </rect>
  );
}
