import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Config } from '../../config/fields';
import type { Outcome } from '../outcome';
import type { Maker } from '../lines';
import type { TypedSweep } from '../sweep';

/** A sweep as it is kept, without its runs. */
export interface SweepHead {
  id: string;
  typed: TypedSweep;
  base: Config;
  /** The fingerprint of the text that it reads. */
  text: string | null;
  /** When it was begun, in milliseconds since 1970. */
  began: number;
  /** The reasons why runs could not be made, by their keys; none where it is left out. */
  failed?: Readonly<Record<string, string>>;
}

/** A run of a kept sweep; its configuration follows from its place. */
export type KeptRun = Omit<Outcome, 'config'> & { maker: Maker };

interface Schema extends DBSchema {
  sweeps: { key: string; value: SweepHead };
  runs: { key: [sweep: string, run: string]; value: KeptRun };
}

/** Keeps sweeps from visit to visit, each run once it is made. */
export interface SweepShelf {
  load(): Promise<{ head: SweepHead; runs: KeptRun[] }[]>;
  begin(head: SweepHead): Promise<void>;
  add(id: string, runs: readonly (readonly [key: string, KeptRun])[]): Promise<void>;
  remove(id: string): Promise<void>;
}

const runsIn = (id: string) => IDBKeyRange.bound([id], [id, []]);

/** Sweeps in the browser’s database. */
export function createShelf(): SweepShelf {
  let opened: Promise<IDBPDatabase<Schema>> | null = null;
  const database = () =>
    (opened ??= openDB<Schema>('normscope sweeps', 1, {
      upgrade(database) {
        database.createObjectStore('sweeps');
        database.createObjectStore('runs');
      },
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
      terminated: () => (opened = null),
    }));
  return {
    async load() {
      const tx = (await database()).transaction(['sweeps', 'runs']);
      const heads = await tx.objectStore('sweeps').getAll();
      return Promise.all(
        heads.map(async (head) => ({
          head,
          runs: await tx.objectStore('runs').getAll(runsIn(head.id)),
        })),
      );
    },
    async begin(head) {
      await (await database()).put('sweeps', head, head.id);
    },
    async add(id, runs) {
      const tx = (await database()).transaction('runs', 'readwrite');
      for (const [key, run] of runs) void tx.store.put(run, [id, key]);
      await tx.done;
    },
    async remove(id) {
      const tx = (await database()).transaction(['sweeps', 'runs'], 'readwrite');
      await tx.objectStore('sweeps').delete(id);
      await tx.objectStore('runs').delete(runsIn(id));
      await tx.done;
    },
  };
}
