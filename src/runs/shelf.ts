export interface OwnText {
  name: string;
  content: string;
}

/** Keeps the user's text from visit to visit. Either call may fail; the page goes on without. */
export interface Shelf {
  load(): Promise<OwnText | null>;
  save(text: OwnText | null): Promise<void>;
}

const DATABASE = 'normscope';
const STORE = 'texts';
const KEY = 'own';

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('The storage gave no reason.'));
  });

function open(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return settled(request);
}

/** Done when the disk has it: a request that succeeded may still be rolled back with its transaction. */
const committed = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () =>
      reject(transaction.error ?? new Error('The storage took it back without a reason.'));
  });

const isText = (value: unknown): value is OwnText =>
  typeof (value as OwnText | null)?.name === 'string' &&
  typeof (value as OwnText).content === 'string';

/** A shelf in the browser’s database, which takes texts that are too large for `localStorage`. */
export function browserShelf(factory: () => IDBFactory): Shelf {
  const withStore = async <T>(
    mode: IDBTransactionMode,
    use: (store: IDBObjectStore) => Promise<T>,
  ): Promise<T> => {
    // The factory is asked for here: in some private windows the mere mention of it throws.
    const database = await open(factory());
    try {
      return await use(database.transaction(STORE, mode).objectStore(STORE));
    } finally {
      database.close();
    }
  };
  return {
    load: () =>
      withStore('readonly', async (store) => {
        const value: unknown = await settled(store.get(KEY));
        return isText(value) ? value : null;
      }),
    save: (text) =>
      withStore('readwrite', (store) => {
        if (text) store.put(text, KEY);
        else store.delete(KEY);
        return committed(store.transaction);
      }),
  };
}
