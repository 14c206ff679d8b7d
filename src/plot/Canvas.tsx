import { useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { frames } from '../lib/frames';
import { onTheme } from './ink';

/** Draws in pixels of the page, on an empty ground. */
export type Draw = (context: CanvasRenderingContext2D) => void;

interface Props {
  width: number;
  height: number;
  /** Draws everything; another function is another picture. */
  draw: Draw;
}

/**
 * Marks too many for a drawing of elements: as sharp as the screen is, drawn with the page's next picture,
 * and again when size, theme or screen change.
 */
export function Canvas({ width, height, draw }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  useLayoutEffect(() => {
    const job = () => paint(canvas.current!, width, height, ratio, draw);
    const ask = () => frames.draw(job);
    ask();
    const stop = onTheme(ask);
    return () => {
      stop();
      frames.drop(job);
    };
  }, [width, height, ratio, draw]);
  return <canvas ref={canvas} className="plot-canvas" style={{ width, height }} />;
}

function paint(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  ratio: number,
  draw: Draw,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
  // Setting a size empties the canvas: not before there is another picture.
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, columns, rows);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.save();
  draw(context);
  context.restore();
}

/** Calls back when the window moves to another screen, or is zoomed. */
function subscribe(changed: () => void): () => void {
  let query: MediaQueryList;
  const watch = () => {
    // A query holds for one ratio alone: after a change it is asked anew.
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener('change', onChange);
  };
  const stop = () => query.removeEventListener('change', onChange);
  const onChange = () => {
    stop();
    watch();
    changed();
  };
  watch();
  return stop;
}

/** Pixels of the screen per pixel of the page, followed as it changes. */
export const usePixelRatio = (): number =>
  useSyncExternalStore(
    subscribe,
    () => devicePixelRatio,
    () => 1,
  );
