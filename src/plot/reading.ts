import { formatExact, formatSignificant } from './format';
import type { Value } from './trace';

export const spoken = (place: string, readings: readonly Value[]): string =>
  [place, ...readings.map(({ label, value }) => `${label} ${formatSignificant(value)}`)].join(', ');

export const spokenRange = (
  places: string,
  first: readonly Value[],
  last: readonly Value[],
): string =>
  [
    places,
    ...first.flatMap(({ id, label, value }) => {
      const end = last.find((reading) => reading.id === id);
      return end ? [`${label} ${formatSignificant(value)} to ${formatSignificant(end.value)}`] : [];
    }),
  ].join(', ');

/** The values at a place to every digit there is, a line each. */
export const exactly = (place: string, readings: readonly Value[]): string =>
  [place, ...readings.map(({ label, value }) => `${label}: ${formatExact(value)}`)].join('\n');
