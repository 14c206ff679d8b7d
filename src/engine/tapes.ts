import type { Tape } from '../kernels/tape/tape';
import { namedTensors, type State } from './state';

export interface Taped {
  tape: Tape;
  /** The entries of a packed frame that the numbers read back go to. */
  places: number[][];
  replays: number;
  /** Time that measuring adds, in ms, once it was timed. */
  statisticsMs: number | null;
}

/** Tapes by the key of their graph. Above `mostBytes` the one that was used longest ago goes. */
export function createTapes(mostBytes: number) {
  /** The one used longest ago first. */
  const tapes = new Map<string, Taped>();

  function drop(key: string) {
    tapes.get(key)?.tape.dispose();
    tapes.delete(key);
  }

  /** Makes room, but keeps the one used last. */
  function evict() {
    let bytes = [...tapes.values()].reduce((sum, { tape }) => sum + tape.bytes, 0);
    for (const [key, { tape }] of [...tapes].slice(0, -1)) {
      if (bytes <= mostBytes) break;
      bytes -= tape.bytes;
      drop(key);
    }
  }

  return {
    isEmpty: () => tapes.size === 0,
    get: (key: string) => tapes.get(key),
    /** The tape of a graph, which counts as used now; made if there is none, and null where there can be none. */
    use(key: string, make: () => Taped | null): Taped | null {
      const taped = tapes.get(key) ?? make();
      tapes.delete(key);
      if (taped) tapes.set(key, taped);
      evict();
      return taped;
    },
    /** Drops the tapes of a state that was replaced. */
    keepFitting(state: State) {
      const held = namedTensors(state);
      for (const [key, { tape }] of [...tapes]) if (!tape.fits(held)) drop(key);
    },
    dispose() {
      for (const key of [...tapes.keys()]) drop(key);
    },
  };
}
