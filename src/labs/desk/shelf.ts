import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { LabProgress } from '../progress';

/** A lab that was begun in this browser. */
export interface KeptLab {
  progress: LabProgress;
  /** The share of its tasks that are done. */
  share: number;
  question: string;
  minutes: number;
  /** The name of a lab that ships or an address of this origin; null of a file that was dropped. */
  from: string | null;
  /** The file as it was begun: what lies at its address may be another one by now. */
  source: string;
  /** Another one each time that it is written. */
  mark: string;
  /** When it was last worked on, in milliseconds since 1970. */
  at: number;
}

interface Schema extends DBSchema {
  labs: { key: string; value: KeptLab };
}

/** Keeps labs from visit to visit, by the fingerprints of their files. */
export interface LabShelf {
  all(): Promise<KeptLab[]>;
  get(print: string): Promise<KeptLab | undefined>;
  /**
   * Keeps a lab in the place of the writing that it goes on from.
   *
   * @param over the mark of that writing; null where it is the first
   * @returns false where another writing is there, which stays
   */
  put(kept: KeptLab, over: string | null): Promise<boolean>;
  remove(print: string): Promise<void>;
}

/** Labs in the browser’s database. */
export function createLabShelf(): LabShelf {
  let opened: Promise<IDBPDatabase<Schema>> | null = null;
  const database = () =>
    (opened ??= openDB<Schema>('normscope labs', 1, {
      upgrade: (database) => void database.createObjectStore('labs'),
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
      terminated: () => (opened = null),
    }));
  return {
    all: async () => (await database()).getAll('labs'),
    get: async (print) => (await database()).get('labs', print),
    async put(kept, over) {
      const { print } = kept.progress.lab;
      const { store, done } = (await database()).transaction('labs', 'readwrite');
      const stored = await store.get(print);
      const isNext = !stored || stored.mark === over;
      if (isNext) await store.put(kept, print);
      await done;
      return isNext;
    },
    remove: async (print) => (await database()).delete('labs', print),
  };
}
