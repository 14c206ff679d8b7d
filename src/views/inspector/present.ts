import type { Trace } from '../../plot/trace';
import { laneLook } from '../panels/lanes';
import type { InspectedLane } from './props';

export interface Present<T> {
  lane: InspectedLane;
  of: T;
}

/** The lanes that have an entry, each with it. */
export const present = <T>(
  entries: readonly (T | null)[],
  lanes: readonly InspectedLane[],
): Present<T>[] =>
  lanes.flatMap((lane, i) => {
    const of = entries[i];
    return of == null ? [] : [{ lane, of }];
  });

/** The lanes that have none, but for those of which a remark says why. */
export const missing = (
  entries: readonly unknown[],
  lanes: readonly InspectedLane[],
): InspectedLane[] => lanes.filter(({ isToldApart }, i) => entries[i] == null && !isToldApart);

/** A reading with the entry of one lane alone, which is what a map shows. */
export const alone = <T, R extends { lanes: (T | null)[] }>(reading: R, of: T): R => ({
  ...reading,
  lanes: reading.lanes.map((entry) => (entry === of ? entry : null)),
});

/** The entry of one lane, or of the first that has one. */
export const chosen = <T>(all: readonly Present<T>[], id: string): Present<T> | null =>
  all.find(({ lane }) => lane.id === id) ?? all[0] ?? null;

/** A lane’s curve through values at consecutive places, the first one at `first`. */
export const laneTrace = (
  { id, name }: InspectedLane,
  values: readonly number[],
  first: number,
  more: Partial<Trace> = {},
): Trace => ({
  ...{ id, label: name, lane: name, ...laneLook(id) },
  points: values.map((y, i) => ({ x: first + i, y })),
  ...more,
});
