import { useCallback, useEffect, useRef, useState } from 'react';

/** Text that changes faster than this cannot be read. */
const INTERVAL = 250;

/** The value of `make`: at once when it was quiet, and at most four times a second, however often it could change. */
export function useCalmly<T>(make: () => T): T {
  const [shown, setShown] = useState(make);
  const latest = useRef(make);
  const changedAt = useRef(-Infinity);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    latest.current = make;
    timer.current ??= setTimeout(
      () => {
        timer.current = null;
        changedAt.current = performance.now();
        setShown(latest.current);
      },
      Math.max(0, changedAt.current + INTERVAL - performance.now()),
    );
  }, [make]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return shown;
}

/** Words or numbers, as calm. */
export const useCalm = <T extends string | readonly unknown[]>(value: T): T =>
  useCalmly(useCallback(() => value, [value]));
