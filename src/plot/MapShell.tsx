import {
  useLayoutEffect,
  useRef,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
} from 'react';
import type { Axis } from './axis';
import { Canvas, type Draw } from './Canvas';
import { keepDrawn, type Shown } from './drawn';
import type { PlotFrame } from './frame';
import { steppedCell, type Cell } from './map';
import './plot.css';

interface Props extends PlotFrame {
  shown: Shown;
  axis: Axis;
  rows: number;
  columns: number;
  cursor: Cell | null;
  /** The cell from which arrow keys go where there is no cursor. */
  start: Cell | null;
  /** The cell at the cursor in words, or the invitation to move one. */
  spoken: string;
  cellAt(x: number, y: number): Cell | null;
  onMove(cell: Cell | null): void;
  onChoose(cell: Cell): void;
  dense: Draw;
  ground?: ReactNode;
  children: ReactNode;
}

/**
 * The element around a map. To a keyboard and a screen reader it is one slider over all cells: arrows go through
 * rows and columns, Enter chooses, and the cell at the mark is spoken.
 */
export function MapShell(props: Props) {
  const { width, height, label, describedBy, shown, axis, rows, columns, cursor, dense } = props;
  const { start, spoken, cellAt, onMove, onChoose } = props;
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    keepDrawn(element.current!, { ...shown, ...axis, label, dense });
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.key === 'Enter' || event.key === ' ') && cursor) onChoose(cursor);
    else {
      const to = steppedCell(event.key, cursor ?? start, { rows, columns });
      // Without a mark to take back, Esc is the page's.
      if (to === undefined || (to === null && !cursor)) return;
      onMove(to);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const under = (event: PointerEvent | React.MouseEvent) => {
    const box = element.current!.getBoundingClientRect();
    return cellAt(event.clientX - box.left, event.clientY - box.top);
  };
  return (
    <div className="plot" ref={element}>
      <div
        className="plot-focus"
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-describedby={describedBy}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, rows * columns - 1)}
        aria-valuenow={cursor ? cursor.row * columns + cursor.column : 0}
        aria-valuetext={spoken}
        onKeyDown={onKeyDown}
        onBlur={() => onMove(null)}
      >
        <svg className="plot-ground" width={width} height={height} aria-hidden="true">
          {props.ground}
        </svg>
        <Canvas {...{ width, height }} draw={dense} />
        <svg width={width} height={height} aria-hidden="true">
          {props.children}
          <rect
            className="hit"
            {...{ width, height }}
            onPointerDown={(event) => onMove(under(event))}
            onPointerMove={(event) => onMove(under(event))}
            // A finger that is lifted has left, and what it pointed at is still to be read.
            onPointerLeave={(event) => event.pointerType === 'mouse' && onMove(null)}
            onClick={(event) => {
              const cell = under(event);
              if (cell) onChoose(cell);
            }}
          />
        </svg>
      </div>
    </div>
  );
}
