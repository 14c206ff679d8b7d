import { useState } from 'react';

/** The value made when the key was first this one, for as long as it is. */
export function useHeld<T>(key: string, make: () => T): T {
  const [held, setHeld] = useState(() => ({ key, value: make() }));
  if (held.key === key) return held.value;
  const next = { key, value: make() };
  setHeld(next);
  return next.value;
}
