import type { StoreApi } from 'zustand/vanilla';
import { readsText, type Config } from '../config/fields';
import { within } from '../lib/patience';
import { reasonOf } from '../lib/reason';
import { shortened } from '../lib/words';
import { later } from './later';
import type { NoticeBoard } from './notices';
import type { OwnText, Shelf } from './shelf';
import type { Notice, NoticeAction, Scope } from './state';

interface TextDeskOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  shelf: Shelf;
  fetchText(): Promise<string>;
  /** Back to the text that comes with the app. */
  leave(): void;
  /** Lanes that read text have another one to read. */
  onChange(): void;
}

/** Messages about texts replace one another. */
export const TEXT_TOPIC = 'text';
/** Milliseconds that the storage, and the server of the app’s text, may take to answer. */
export const STORAGE_PATIENCE = 4000;
const SERVER_PATIENCE = 20_000;
export const STORAGE_TOPIC = 'storage';
export const SILENT = `it gave no answer for ${STORAGE_PATIENCE / 1000} seconds.`;

const recognizing = later('reads files', () => import('./recognize'));

/** The text that the lanes read: the app’s, or the user’s own, kept from visit to visit. */
export function createTextDesk(options: TextDeskOptions) {
  const { store, notices, shelf, fetchText, onChange } = options;
  let builtIn: string | null = null;

  const say = (level: Notice['level'], text: string, action?: NoticeAction, topic = TEXT_TOPIC) =>
    notices.notify({ level, about: 'page', text, ...(action && { action }) }, topic);
  const again = (run: () => void): NoticeAction => ({ label: 'Try again', run });

  const fetchBuiltIn = async () => {
    if (builtIn !== null) return;
    try {
      builtIn = await within(SERVER_PATIENCE, fetchText(), 'the server gives no answer.');
    } catch (error) {
      say(
        'error',
        `The text that comes with Normscope could not be loaded: ${reasonOf(error)}`,
        again(() => {
          notices.takeBack(TEXT_TOPIC);
          void useBuiltIn();
        }),
      );
    }
  };
  /** The lanes read the text that comes with the app, or it is said why not. */
  const useBuiltIn = async () => {
    await fetchBuiltIn();
    onChange();
  };

  /** Says where a text that was kept is plainly something else. */
  const remark = async ({ name, content }: OwnText) => {
    const { oddity } = await recognizing();
    const odd = oddity(content);
    const back = { label: 'Back to the app’s text', run: options.leave };
    if (odd) say('warning', `The lanes learn from ${shortened(name)}, as before. ${odd}`, back);
  };

  return {
    useBuiltIn,
    /** The text that comes with the app is there, or it is said why not. */
    fetchBuiltIn,
    /** The text of the visit before, or the app’s. */
    async open(): Promise<void> {
      const before = store.getState().text;
      const own = await within(STORAGE_PATIENCE, shelf.load(), SILENT).catch((error: unknown) => {
        const text = `This browser gave no access to the text kept in it: ${reasonOf(error)}`;
        say('warning', text, undefined, STORAGE_TOPIC);
        return null;
      });
      if (store.getState().text !== before) return;
      if (own) {
        store.setState({ text: own });
        void remark(own);
      } else await fetchBuiltIn();
      onChange();
    },
    /** The text that a lane of this configuration reads; null while it is not there. */
    textFor(config: Config): string | null {
      return readsText(config) ? (store.getState().text.content ?? builtIn) : '';
    },
  };
}

export type TextDesk = ReturnType<typeof createTextDesk>;
