import { useEffect, useRef } from 'react';

interface StoryKeys {
  next(): void;
  /** Null at the first step. */
  back: (() => void) | null;
  leave(): void;
}

/** Elements in which these keys write, move or choose. */
const OWNERS =
  'input, textarea, select, [contenteditable], [role="menu"], [role="dialog"], [role="slider"], [role="radio"], [role="tab"]';

/** Keys of a story, before those of the page. Remote controls of lecturers send PageDown and PageUp. */
export function useStoryKeys(keys: StoryKeys): void {
  const now = useRef(keys);
  useEffect(() => {
    now.current = keys;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { next, back, leave } = now.current;
      const meant = {
        ...{ ArrowRight: next, PageDown: next, ArrowLeft: back, PageUp: back, Escape: leave },
      }[event.key];
      if (meant === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey)
        return;
      if (event.target instanceof Element && event.target.closest(OWNERS)) return;
      event.preventDefault();
      event.stopPropagation();
      meant?.();
    };
    document.addEventListener('keydown', pressed, { capture: true });
    return () => document.removeEventListener('keydown', pressed, { capture: true });
  }, []);
}
