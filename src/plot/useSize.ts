import { useCallback, useState } from 'react';

export interface Size {
  width: number;
  height: number;
  text: number;
}

/** An element's size and its text's in pixels, followed as it changes; null until it is in the page. */
export function useSize(): [(element: HTMLElement | null) => void, Size | null] {
  const [size, setSize] = useState<Size | null>(null);
  const attach = useCallback((element: HTMLElement | null) => {
    if (!element) return;
    const measure = () => {
      const box = element.getBoundingClientRect();
      const [width, height] = [Math.floor(box.width), Math.floor(box.height)];
      const text = parseFloat(getComputedStyle(element).fontSize);
      setSize((old) =>
        old?.width === width && old.height === height && old.text === text
          ? old
          : { width, height, text },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [attach, size];
}
