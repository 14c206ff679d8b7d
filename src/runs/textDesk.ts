import type { StoreApi } from 'zustand/vanilla';
import type { Config } from '../config/fields';
import { reasonOf } from '../lib/reason';
import type { NoticeBoard } from './notices';
import type { OwnText, Shelf } from './shelf';
import type { Scope, Text } from './state';
import { checkText, decodeText, sizeProblem } from './text';

interface TextDeskOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  shelf: Shelf;
  fetchText(): Promise<string>;
  /** The name of the text that comes with the app. */
  textName: string;
  /** Lanes that read text have another one to read. */
  onChange(): void;
}

export const readsText = ({ task }: Config): boolean => task === 'text';

/** The text that the lanes read: the app’s, or the user’s own, kept from visit to visit. */
export function createTextDesk(options: TextDeskOptions) {
  const { store, notices, shelf, fetchText, textName, onChange } = options;
  let builtIn: string | null = null;
  let saved: Promise<void> = Promise.resolve();
  /** Number of the last choice of a text: a slow file does not replace a later one. */
  let choice = 0;

  const say = (level: 'info' | 'warning' | 'error', text: string, action?: () => void) =>
    notices.notify({
      level,
      about: 'page',
      text,
      ...(action && { action: { label: 'Try again', run: action } }),
    });
  const show = (text: Text) => store.setState({ text });

  const fetchBuiltIn = async () => {
    if (builtIn !== null) return;
    try {
      builtIn = await fetchText();
    } catch (error) {
      say(
        'error',
        `The text that comes with Normscope could not be loaded: ${reasonOf(error)}`,
        () => void useBuiltIn(),
      );
    }
  };
  const useBuiltIn = async () => {
    await fetchBuiltIn();
    onChange();
  };

  const keep = (text: OwnText | null) => {
    saved = saved
      .then(() => shelf.save(text))
      .catch((error: unknown) =>
        say(
          'warning',
          `The text is in use, but this browser did not keep it for the next visit: ${reasonOf(error)}`,
        ),
      );
  };

  const use = (text: OwnText) => {
    const checked = checkText(text.name, text.content);
    if ('problem' in checked) return say('error', checked.problem);
    choice++;
    const own = { name: text.name, content: checked.value };
    show(own);
    keep(own);
    if (!store.getState().lanes.some(({ config }) => readsText(config))) {
      say('info', `No lane reads ${text.name}: that is what the task “text” does.`);
    }
    onChange();
  };

  return {
    /** The text of the visit before, or the app’s. */
    async open(): Promise<void> {
      const before = choice;
      const own = await shelf.load().catch((error: unknown) => {
        say('warning', `This browser gave no access to the text kept in it: ${reasonOf(error)}`);
        return null;
      });
      if (choice !== before) return;
      if (own) show(own);
      else await fetchBuiltIn();
      onChange();
    },
    /** The text that a lane of this configuration reads; null while it is not there. */
    textFor(config: Config): string | null {
      return readsText(config) ? (store.getState().text.content ?? builtIn) : '';
    },
    setText(text: OwnText | null): void {
      if (text) return use(text);
      choice++;
      show({ name: textName, content: null });
      keep(null);
      void useBuiltIn();
    },
    async setTextFile(file: File): Promise<void> {
      const size = sizeProblem(file.name, file.size);
      if (size) return say('error', size);
      const mine = ++choice;
      try {
        const decoded = decodeText(file.name, new Uint8Array(await file.arrayBuffer()));
        if (mine !== choice) return;
        if ('problem' in decoded) say('error', decoded.problem);
        else use({ name: file.name, content: decoded.value });
      } catch (error) {
        say('error', `${file.name} could not be read: ${reasonOf(error)}`);
      }
    },
  };
}
