import { createArchive, type Claims } from './archive';
import { serveArchive, type ArchivePort } from './line';

const nameOf = (session: string) => `normscope session ${session}`;

/** The browser lets go of a lock when the page that has it is gone, whichever way it went. */
const locks: Claims = {
  claim: (session) =>
    new Promise((resolve, reject) => {
      navigator.locks
        .request(nameOf(session), { ifAvailable: true }, (lock) => {
          if (!lock) return void resolve(null);
          return new Promise<void>((release) => resolve(release));
        })
        .catch(reject);
    }),
  async isHeld(session) {
    const { held = [] } = await navigator.locks.query();
    return held.some(({ name }) => name === nameOf(session));
  },
};

/** Without locks, as on a page that did not come over https, nothing tells what other pages have. */
const noLocks: Claims = {
  claim: () => Promise.resolve(() => undefined),
  isHeld: () => Promise.resolve(false),
};

const archive = createArchive({
  ...('locks' in navigator ? locks : noLocks),
  // Two pages opened in one millisecond draw different numbers.
  newId: () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`,
  now: () => Date.now(),
  quota: async () => (await navigator.storage?.estimate())?.quota,
});
serveArchive(archive, globalThis as unknown as ArchivePort);
