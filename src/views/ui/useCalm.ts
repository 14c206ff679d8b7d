import { useEffect, useRef, useState } from 'react';

/** Text that changes faster than this cannot be read. */
const INTERVAL = 250;

/** Words or numbers, changed at once when they were quiet, and at most four times a second. */
export function useCalm<T extends string | readonly unknown[]>(value: T): T {
  const [shown, setShown] = useState(value);
  const changedAt = useRef(-Infinity);
  useEffect(() => {
    if (value === shown) return;
    const wait = Math.max(0, changedAt.current + INTERVAL - performance.now());
    const timer = setTimeout(() => {
      changedAt.current = performance.now();
      setShown(value);
    }, wait);
    return () => clearTimeout(timer);
  }, [value, shown]);
  return shown;
}
