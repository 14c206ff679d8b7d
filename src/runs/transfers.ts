import type { StoreApi } from 'zustand/vanilla';
import { shortened } from '../lib/words';
import type { ColumnsQuestion } from './recordings/columns/question';
import type { Scope } from './state';

/** A file under way. */
export interface Transfer {
  signal: AbortSignal;
  /** The share that is done, and a question that has to be answered before it goes on. */
  tell(share: number, asks?: ColumnsQuestion): void;
}

/** Files that are read or written, one after the other, with how far the one at hand is. */
export function createTransfers(store: StoreApi<Scope>) {
  let last: Promise<unknown> = Promise.resolve();
  let under: AbortController | null = null;
  return {
    /** The outcome of the work; undefined where it was called off. */
    run<T>(
      does: NonNullable<Scope['transfer']>['does'],
      name: string,
      work: (transfer: Transfer) => Promise<T>,
    ): Promise<T | undefined> {
      const turn = async () => {
        const mine = (under = new AbortController());
        const { signal } = mine;
        const tell: Transfer['tell'] = (share, asks) => {
          if (signal.aborted) return;
          store.setState({
            transfer: { does, name: shortened(name, 40), share, ...(asks && { asks }) },
          });
        };
        tell(0);
        try {
          const outcome = await work({ signal, tell });
          return signal.aborted ? undefined : outcome;
        } catch (error) {
          if (signal.aborted) return undefined;
          throw error;
        } finally {
          // Whatever still works for it ends.
          mine.abort();
          store.setState({ transfer: null });
        }
      };
      const outcome = last.then(turn, turn);
      last = outcome;
      return outcome;
    },
    /** Calls off the one at hand. */
    cancel: (): void => under?.abort(),
  };
}

export type Transfers = ReturnType<typeof createTransfers>;
