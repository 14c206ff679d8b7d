import { useLayoutEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { Axis } from './axis';
import { Canvas, type Draw } from './Canvas';
import { keepDrawn, type Shown } from './drawn';
import { steppedTo, zoomOf } from './keys';
import type { Cursor, PlotFrame } from './frame';
import type { useDomain } from './useDomain';
import './plot.css';

interface Props extends PlotFrame {
  cursor: Pick<Cursor, 'name' | 'last' | 'hovered' | 'onHover' | 'span'>;
  axis: ReturnType<typeof useDomain>;
  shown: Shown & Pick<Axis, 'kind'>;
  /** The place that is marked, and its values in words. */
  marked: number | null;
  spoken: string;
  /** The drawing below the dense marks, and the function that draws these; without it, all is one drawing. */
  ground: ReactNode;
  dense?: Draw | undefined;
  children: ReactNode;
}

/**
 * The element around a drawing. To a keyboard and a screen reader it is a slider along the horizontal
 * axis: arrows step, and the values at the mark are spoken.
 */
export function PlotShell(props: Props) {
  const { width, height, label, describedBy, cursor, axis, marked, spoken, ground, dense } = props;
  const { name, last, hovered, onHover, span } = cursor;
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    keepDrawn(element.current!, { ...props.shown, label, domain: axis.domain, dense });
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const from = span?.head() ?? marked;
    const to = steppedTo(event.key, from, last);
    // Without a mark to take back, Esc is the page's.
    if (to === null && (span?.head() ?? hovered) === null) return;
    const factor = zoomOf(event.key);
    if (to !== undefined) {
      onHover(span ? null : to);
      span?.step(to, event.shiftKey);
    } else if (factor) axis.zoom(factor, (axis.domain[0] + axis.domain[1]) / 2);
    else if (event.key === '0') axis.reset();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="plot" ref={element}>
      <div
        className="plot-focus"
        role="slider"
        tabIndex={0}
        aria-label={`${label}: ${name}`}
        aria-describedby={describedBy}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={marked ?? 0}
        aria-valuetext={spoken}
        onKeyDown={onKeyDown}
        onBlur={span ? undefined : () => onHover(null)}
      >
        {dense && (
          <>
            <svg className="plot-ground" width={width} height={height} aria-hidden="true">
              {ground}
            </svg>
            <Canvas {...{ width, height }} draw={dense} />
          </>
        )}
        <svg width={width} height={height} aria-hidden="true">
          {!dense && ground}
          {props.children}
        </svg>
      </div>
      {axis.isZoomed && (
        <button type="button" className="axis-reset" onClick={axis.reset}>
          reset axis
        </button>
      )}
    </div>
  );
}
