import { useEffect, useRef, useState } from 'react';

/** Words that change faster than this cannot be read. */
const INTERVAL = 250;

/** A text, changed at once when it was quiet, and at most four times a second. */
export function useCalm(text: string): string {
  const [shown, setShown] = useState(text);
  const changedAt = useRef(-Infinity);
  useEffect(() => {
    if (text === shown) return;
    const wait = Math.max(0, changedAt.current + INTERVAL - performance.now());
    const timer = setTimeout(() => {
      changedAt.current = performance.now();
      setShown(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text, shown]);
  return shown;
}
