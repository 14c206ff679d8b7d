import { useState } from 'react';
import type { Domain } from './axis';
import { follow, looked, shifted, zoomed, type Held, type ValueAxis } from './domain';

/** The domain that an axis shows: it follows the data with hysteresis, until someone zooms. */
export function useDomain(axis: ValueAxis) {
  const { kind, subject } = axis;
  const [held, setHeld] = useState<Held | null>(null);
  const [chosen, setChosen] = useState<{ subject: string; domain: Domain } | null>(null);

  const next = follow(axis, held);
  // Before there is data nothing is held, so that the first frame finds its own domain.
  if (axis.data && next !== held) setHeld(next);
  const { domain } = next;

  // Steps build on one another even when several arrive between two renders.
  const choose = (step: (from: Domain) => Domain) =>
    setChosen((now) => {
      const from = now?.subject === subject ? now.domain : domain;
      return { subject, domain: looked(kind, from, step(from), domain) };
    });
  const own = chosen?.subject === subject ? chosen.domain : null;
  return {
    domain: own ?? domain,
    isZoomed: own !== null,
    zoom: (factor: number, about: number) => choose((from) => zoomed(from, factor, about)),
    shift: (by: number) => choose((from) => shifted(from, by)),
    reset: () => setChosen(null),
  };
}
