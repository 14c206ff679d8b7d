import type { StoreApi } from 'zustand/vanilla';
import { readsText } from '../config/fields';
import { within } from '../lib/patience';
import { reasonOf } from '../lib/reason';
import { shortened } from '../lib/words';
import { stepOf } from './asides';
import type { LaneSet } from './laneSet';
import type { NoticeBoard } from './notices';
import { oddity } from './recognize';
import type { OwnText, Shelf } from './shelf';
import { type Notice, type NoticeAction, type Scope, type Text } from './state';
import { checkText, decodeText, sizeProblem } from './text';
import { SILENT, STORAGE_PATIENCE, STORAGE_TOPIC, TEXT_TOPIC, type TextDesk } from './textDesk';

interface TextChangesOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  shelf: Shelf;
  /** The name of the text that comes with the app. */
  textName: string;
  textDesk: TextDesk;
  laneSet: Pick<LaneSet, 'snapshot' | 'keep'>;
  /** Lanes that read text have another one to read. */
  onChange(): void;
}

/** Texts that a person brings, for the lanes to learn from. */
export function createTextChanges(options: TextChangesOptions) {
  const { store, notices, shelf, textName, textDesk, laneSet, onChange } = options;
  let saved: Promise<void> = Promise.resolve();
  /** Number of the last choice of a text: a slow file does not replace a later one. */
  let choice = 0;

  const say = (level: Notice['level'], text: string, action?: NoticeAction, topic = TEXT_TOPIC) =>
    notices.notify({ level, about: 'page', text, ...(action && { action }) }, topic);
  const again = (run: () => void): NoticeAction => ({ label: 'Try again', run });

  /** Keeps a text for the next visit; of the one that comes with the app there is nothing to keep. */
  const keep = ({ name, content }: Text) => {
    const own = content === null ? null : { name, content };
    saved = saved
      .then(() => within(STORAGE_PATIENCE, shelf.save(own), SILENT))
      .catch((error: unknown) =>
        say(
          'warning',
          `The text is in use, but this browser did not keep it for the next visit: ${reasonOf(error)}`,
          again(() => keep({ name, content })),
          STORAGE_TOPIC,
        ),
      );
  };

  /** The lanes read another text from now on, which is said where it ends a run, with the way back. */
  const change = (to: Text) => {
    const { text: before, lanes } = store.getState();
    const readers = lanes.filter(({ config }) => readsText(config));
    const aside =
      before.content === to.content ? null : laneSet.snapshot(readers.map(({ id }) => id));
    choice++;
    store.setState({ text: to });
    keep(to);
    if (before.content === to.content || !readers.length) return;
    const goBack = {
      label: `Back to ${shortened(before.name, 40)}`,
      run: () =>
        void setText(
          before.content === null ? null : { name: before.name, content: before.content },
        ),
    };
    const said = [
      `The lanes learn from ${shortened(to.name)} now.`,
      aside && `Their run ended at step ${stepOf(aside)}.`,
      oddity(to.content ?? ''),
    ];
    say('info', said.filter(Boolean).join(' '), aside ? laneSet.keep(aside) : goBack);
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
    await textDesk.useBuiltIn();
  }

  return {
    setText,
    keep,
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

export type TextChanges = ReturnType<typeof createTextChanges>;
