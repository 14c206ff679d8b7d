import type { KeyboardEvent, ReactNode } from 'react';
import { Canvas, type Draw } from './Canvas';
import { steppedTo, zoomOf } from './keys';
import './plot.css';

interface Props {
  width: number;
  height: number;
  /** The plot's name and what its arrow keys step through. */
  label: string;
  describedBy?: string | undefined;
  /** The place that is marked, of 0 … last, and its values in words. */
  marked: number | null;
  last: number;
  spoken: string;
  /** The place from which the arrow keys step. */
  from(): number | null;
  /** `extending` while Shift is held: as far as there, too. */
  onStep(to: number | null, extending: boolean): void;
  onBlur?: (() => void) | undefined;
  isZoomed: boolean;
  onZoom(factor: number): void;
  onReset(): void;
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
  const { width, height, label, describedBy, marked, last, spoken, ground, dense } = props;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = steppedTo(event.key, props.from(), last);
    const factor = zoomOf(event.key);
    if (to !== undefined) props.onStep(to, event.shiftKey);
    else if (factor) props.onZoom(factor);
    else if (event.key === '0') props.onReset();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="plot">
      <div
        className="plot-focus"
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-describedby={describedBy}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={marked ?? 0}
        aria-valuetext={spoken}
        onKeyDown={onKeyDown}
        onBlur={props.onBlur}
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
      {props.isZoomed && (
        <button type="button" className="axis-reset" onClick={props.onReset}>
          reset axis
        </button>
      )}
    </div>
  );
}
