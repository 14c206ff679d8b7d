import type { Tensor } from '@tensorflow/tfjs-core';
import type { SiteName } from '../config/sites';

/**
 * A probe at a named point of the stack: it is given what flows there and returns what flows on. It may
 * record, or change; `untapped` does neither.
 */
export type Tap = <T extends Tensor>(site: SiteName, x: T) => T;

export const untapped: Tap = (_site, x) => x;
