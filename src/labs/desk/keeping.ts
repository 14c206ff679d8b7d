import type { KeptLab, LabShelf } from './shelf';

interface KeepingOptions {
  shelf: Pick<LabShelf, 'get' | 'put'>;
  /** Called where the browser keeps nothing. */
  onFailed(error: unknown): void;
  /** Called where another tab went on with this lab. */
  onElsewhere(): void;
}

/** Keeps the lab on show as it goes. What another tab has kept of it since is newer, and stays as it is. */
export function createKeeping({ shelf, onFailed, onElsewhere }: KeepingOptions) {
  /** Of the writing that this page goes on from; null where there is none. */
  let mark: string | null = null;
  let isElsewhere = false;
  let work: Promise<void> = Promise.resolve();
  const leave = () => {
    isElsewhere = true;
    onElsewhere();
  };
  /** One after the other: each writing goes on from the one before. */
  const next = (task: () => Promise<void>) => (work = work.then(task).catch(onFailed));
  return {
    /** Goes on from what is kept. */
    begin(kept: KeptLab | undefined): void {
      mark = kept?.mark ?? null;
      isElsewhere = false;
    },
    put(one: KeptLab): void {
      void next(async () => {
        if (isElsewhere) return;
        if (await shelf.put(one, mark)) mark = one.mark;
        else leave();
      });
    },
    /** Looks whether another tab has gone on; asked when this one is seen again. */
    look(print: string): void {
      void next(async () => {
        const stored = await shelf.get(print);
        if (stored && stored.mark !== mark && !isElsewhere) leave();
      });
    },
    /** All is written that was to be kept. */
    done: () => work,
  };
}
