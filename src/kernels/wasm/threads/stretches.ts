import { howDivided } from '../exports';
import type { Operation } from '../listening';
import type { Stretch } from './team';

/** Numbers in the largest tensor of an operation, below which it is left to one thread: to meet takes time too. */
const LEAST_SHARED = 2048;

/** True where threads make the calls of an operation together. */
const isShared = (
  { calls, run, reads, made }: Operation,
  numbersIn: (id: object) => number,
): boolean =>
  run === null &&
  [...reads, ...made.map(({ dataId }) => dataId)].some((id) => numbersIn(id) >= LEAST_SHARED) &&
  calls.every(({ name }) => howDivided(name) !== 'alone') &&
  (calls.length > 1 || calls.some(({ name }) => howDivided(name) === 'parts'));

/** Operations as a team does them: those between that one thread makes are one stretch. */
export function stretchesOf(
  operations: Operation[],
  make: (operation: Operation) => void,
  numbersIn: (id: object) => number,
): Stretch[] {
  const stretches: Stretch[] = [];
  let alone: Operation[] = [];
  const close = () => {
    const together = alone;
    if (together.length) stretches.push({ alone: () => together.forEach(make) });
    alone = [];
  };
  for (const operation of operations) {
    if (!isShared(operation, numbersIn)) {
      alone.push(operation);
      continue;
    }
    close();
    const phase = operation.calls.map((call) => ({
      ...call,
      divided: howDivided(call.name) === 'parts',
    }));
    stretches.push({ phase });
  }
  close();
  return stretches;
}
