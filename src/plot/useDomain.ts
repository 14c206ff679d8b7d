import { useState } from 'react';
import type { Axis, Domain } from './axis';
import { countDomain, legible, linearDomain, logDomain, shifted, zoomed } from './domain';

const same = (a: Domain | null, b: Domain | null) => a?.[0] === b?.[0] && a?.[1] === b?.[1];

/** A value axis and what it has to show. */
export interface ValueAxis {
  kind: Axis['kind'];
  /** Least and largest value, in the axis's units; null before there are any. */
  data: Domain | null;
  /** Names what is shown: when it changes, the axis starts afresh. */
  subject: string;
  /** What a linear axis always shows: both ends of a bounded statistic, or 0. */
  always?: Domain | undefined;
  /** Whether new values come by themselves, as in training. */
  live?: boolean;
}

/** The domain that an axis shows: it follows the data with hysteresis, until someone zooms. */
export function useDomain({ kind, data, subject, always }: ValueAxis) {
  const [held, setHeld] = useState<{ subject: string; domain: Domain } | null>(null);
  const [chosen, setChosen] = useState<{ subject: string; domain: Domain } | null>(null);

  const previous = held?.subject === subject ? held.domain : null;
  const domain = {
    log: () => logDomain(data, previous),
    count: () => countDomain(data, previous),
    linear: () => linearDomain(data, previous, { always }),
  }[kind]();
  // Before there is data nothing is held, so that the first frame finds its own domain.
  if (data && !same(domain, previous)) setHeld({ subject, domain });

  // Steps build on one another even when several arrive between two renders.
  const choose = (step: (from: Domain) => Domain) =>
    setChosen((now) => {
      const from = now?.subject === subject ? now.domain : domain;
      const next = step(from);
      return { subject, domain: legible(kind, next) ? next : from };
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
