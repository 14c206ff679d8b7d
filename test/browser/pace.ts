import type { Page } from 'playwright-core';

declare global {
  interface Window {
    pieces: number[];
  }
}

/**
 * Works a little before each of the browser’s pictures, and notes how long it took: numbers become texts, lists are
 * sorted and looked up, as in drawing. Given to a page to run there, so it must stand alone.
 */
export function workAtPictures(): void {
  const pieces: number[] = (window.pieces = []);
  const kept: unknown[] = [];
  const work = () => {
    const began = performance.now();
    const points = Array.from({ length: 400 }, (_, x) => ({ x, y: Math.sin(x + pieces.length) }));
    kept[pieces.length % 50] = [
      points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L'),
      points.toSorted((a, b) => a.y - b.y),
      new Map(points.map((point) => [point.y, point])),
    ];
    pieces.push(performance.now() - began);
    requestAnimationFrame(work);
  };
  requestAnimationFrame(work);
}

/** Milliseconds of a piece of that work on the machine that limits in milliseconds are meant for. */
const PIECE = 0.2;

export interface Pace {
  /** Milliseconds of all of them. */
  all: number;
  /** So many times longer than on that machine everything takes. */
  slowness: number;
}

/**
 * How fast the page’s thread was since this was asked last. Machines differ, and lend their processors to others by the
 * second, which doubles what a picture takes: limits grow with this.
 */
export async function paceOf(page: Page): Promise<Pace> {
  const pieces = await page.evaluate(() => window.pieces.splice(0));
  const piece = pieces.toSorted((a, b) => a - b)[pieces.length >> 1] ?? NaN;
  return { all: piece * pieces.length, slowness: piece / PIECE };
}
