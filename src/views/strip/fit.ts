import { useCallback } from 'react';

/** An equation is set no smaller than this share of its size: its subscripts could not be read. */
const LEAST = 0.66;

/** An equation and the words after it in a line: natural widths, all in pixels. */
export function fitOf(equation: number, words: number, width: number) {
  const scale = Math.min(1, Math.max(LEAST, Math.floor((100 * width) / equation) / 100));
  return {
    scale,
    isCut: scale * equation > width + 1,
    hasWordsBeside: equation + words <= width,
  };
}

/** Between an equation and words beside it, in pixels. */
const GAP = 10;

/** Fits an equation, and the words after it, to the width of what holds them; the rest is up to CSS. */
export function useFit(): (equation: HTMLElement | null) => void {
  return useCallback((equation: HTMLElement | null) => {
    const holder = equation?.parentElement;
    const words = equation?.nextElementSibling;
    if (!equation || !holder || !words) return;
    let scale = 1;
    const fit = () => {
      const width = holder.clientWidth;
      // As on paper, where it is left out.
      if (!width) return;
      const found = fitOf(equation.offsetWidth / scale, GAP + words.scrollWidth, width);
      scale = found.scale;
      equation.style.setProperty('--fit', String(scale));
      equation.style.setProperty('--room', `${width}px`);
      equation.toggleAttribute('data-cut', found.isCut);
      holder.toggleAttribute('data-beside', found.hasWordsBeside);
    };
    const observer = new ResizeObserver(fit);
    [holder, equation, words].forEach((element) => observer.observe(element));
    return () => observer.disconnect();
  }, []);
}
