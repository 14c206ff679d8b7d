import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { LabProgress } from '../progress';

/** A lab that was begun in this browser. */
export interface KeptLab {
  progress: LabProgress;
  /** The share of its tasks that are done. */
  share: number;
  question: string;
  minutes: number;
  /** The name of a lab that ships or an address of this origin; null of a file that was dropped, which is kept. */
  from: string | null;
  source: string | null;
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
  put(kept: KeptLab): Promise<void>;
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
    put: async (kept) => void (await (await database()).put('labs', kept, kept.progress.lab.print)),
    remove: async (print) => (await database()).delete('labs', print),
  };
}
