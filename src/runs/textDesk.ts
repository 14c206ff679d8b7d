import type { StoreApi } from 'zustand/vanilla';
import { readsText, type Config } from '../config/fields';
import { within } from '../lib/patience';
import { reasonOf } from '../lib/reason';
import { shortened } from '../lib/words';
import type { NoticeBoard } from './notices';
import type { OwnText, Shelf } from './shelf';
import {
  engineStep,
  type LaneId,
  type Notice,
  type NoticeAction,
  type Scope,
  type Text,
} from './state';
import { described, endsOf, recognize } from './recognize';
import { checkText, decodeText, sizeProblem } from './text';

interface TextDeskOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  shelf: Shelf;
  fetchText(): Promise<string>;
  /** The name of the text that comes with the app. */
  textName: string;
  /** Keeps the weights that a lane has now; what comes back loads them again. */
  keepWeights(id: LaneId): () => void;
  /** Lanes that read text have another one to read. */
  onChange(): void;
}

/** Messages about texts replace one another. */
export const TEXT_TOPIC = 'text';
/** Milliseconds that the storage, and the server of the app’s text, may take to answer. */
const STORAGE_PATIENCE = 4000;
const SERVER_PATIENCE = 20_000;
const STORAGE_TOPIC = 'storage';
const SILENT = `it gave no answer for ${STORAGE_PATIENCE / 1000} seconds.`;

/** A sentence on a text that is plainly something else, or nothing. */
const oddity = (content: string): string => {
  const [head, tail] = endsOf(content, content.length);
  const encoder = new TextEncoder();
  return described(recognize(encoder.encode(head), encoder.encode(tail))) ?? '';
};

/** The text that the lanes read: the app’s, or the user’s own, kept from visit to visit. */
export function createTextDesk(options: TextDeskOptions) {
  const { store, notices, shelf, fetchText, textName, onChange } = options;
  let builtIn: string | null = null;
  let saved: Promise<void> = Promise.resolve();
  /** Number of the last choice of a text: a slow file does not replace a later one. */
  let choice = 0;

  const say = (level: Notice['level'], text: string, action?: NoticeAction, topic = TEXT_TOPIC) =>
    notices.notify({ level, about: 'page', text, ...(action && { action }) }, topic);
  const again = (run: () => void): NoticeAction => ({ label: 'Try again', run });
  const show = (text: Text) => store.setState({ text });

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
  const useBuiltIn = async () => {
    await fetchBuiltIn();
    onChange();
  };

  const keep = (text: OwnText | null) => {
    saved = saved
      .then(() => within(STORAGE_PATIENCE, shelf.save(text), SILENT))
      .catch((error: unknown) =>
        say(
          'warning',
          `The text is in use, but this browser did not keep it for the next visit: ${reasonOf(error)}`,
          again(() => keep(text)),
          STORAGE_TOPIC,
        ),
      );
  };

  /** The lanes read another text from now on, which is said where it ends a run, with the way back. */
  const change = (to: Text) => {
    const { text: before, lanes } = store.getState();
    const readers = lanes.filter(({ config }) => readsText(config));
    const step = Math.max(0, ...readers.map(engineStep));
    const back = step > 0 ? readers.map(({ id }) => options.keepWeights(id)) : [];
    choice++;
    show(to);
    keep(to.content === null ? null : { name: to.name, content: to.content });
    if (before.content === to.content || !readers.length) return;
    const goBack = async () => {
      await setText(
        before.content === null ? null : { name: before.name, content: before.content },
      );
      back.forEach((restore) => restore());
    };
    const said = [
      `The lanes learn from ${shortened(to.name)} now.`,
      step > 0 && `Their run ended at step ${step}.`,
      oddity(to.content ?? ''),
    ];
    say('info', said.filter(Boolean).join(' '), {
      label: `Back to ${shortened(before.name, 40)}${step > 0 ? ' and the weights of then' : ''}`,
      run: () => void goBack(),
    });
  };

  const use = (text: OwnText) => {
    notices.takeBack(TEXT_TOPIC);
    const checked = checkText(text.name, text.content);
    if ('problem' in checked) return say('error', checked.problem);
    change({ name: text.name, content: checked.value });
    if (!store.getState().lanes.some(({ config }) => readsText(config))) {
      say('info', `No lane reads ${text.name}: that is what the task “text” does.`);
    }
    onChange();
  };

  /** Done when the lanes are told. */
  async function setText(text: OwnText | null): Promise<void> {
    if (text) return use(text);
    notices.takeBack(TEXT_TOPIC);
    change({ name: textName, content: null });
    await useBuiltIn();
  }

  return {
    /** The text of the visit before, or the app’s. */
    async open(): Promise<void> {
      const before = choice;
      const own = await within(STORAGE_PATIENCE, shelf.load(), SILENT).catch((error: unknown) => {
        const text = `This browser gave no access to the text kept in it: ${reasonOf(error)}`;
        say('warning', text, undefined, STORAGE_TOPIC);
        return null;
      });
      if (choice !== before) return;
      if (own) {
        show(own);
        const odd = oddity(own.content);
        const back = { label: 'Back to the app’s text', run: () => void setText(null) };
        if (odd)
          say('warning', `The lanes learn from ${shortened(own.name)}, as before. ${odd}`, back);
      } else await fetchBuiltIn();
      onChange();
    },
    /** The text that a lane of this configuration reads; null while it is not there. */
    textFor(config: Config): string | null {
      return readsText(config) ? (store.getState().text.content ?? builtIn) : '';
    },
    setText,
    /** Takes a file as a text; `what` it is says a sentence, where that is known to be something else. */
    async setTextFile(file: File, what: string | null = null): Promise<void> {
      notices.takeBack(TEXT_TOPIC);
      const name = shortened(file.name);
      const size = sizeProblem(name, file.size);
      if (size) return say('error', size);
      const mine = ++choice;
      try {
        const decoded = decodeText(name, new Uint8Array(await file.arrayBuffer()));
        if (mine !== choice) return;
        if ('problem' in decoded) say('error', [decoded.problem, what].filter(Boolean).join(' '));
        else if (what) say('error', `${name} was not taken as a text. ${what}`);
        else use({ name: file.name, content: decoded.value });
      } catch (error) {
        say('error', `${name} could not be read: ${reasonOf(error)}`);
      }
    },
  };
}

export type TextDesk = ReturnType<typeof createTextDesk>;
