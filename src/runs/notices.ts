import type { StoreApi } from 'zustand/vanilla';
import { reasonOf } from '../lib/reason';
import { shortened } from '../lib/words';
import type { Notice, NoticeAction, Scope } from './state';

/** The most characters of one message. */
const LONGEST = 1500;

/** The messages of the page. A topic is why something was said, so that it can be taken back. */
export function createNotices({ setState }: StoreApi<Scope>) {
  let nextId = 1;
  const topics = new WeakMap<Notice, string>();

  const drop = (goes: (notice: Notice) => boolean) =>
    setState((scope) =>
      scope.notices.some(goes) ? { notices: scope.notices.filter((n) => !goes(n)) } : scope,
    );
  const takeBack = (topic: string) => drop((n) => topics.get(n) === topic);

  /** Says each once: the same words about the same thing are not repeated but moved to the end. */
  const say = (given: Omit<Notice, 'id'>[], topic?: string) => {
    const said = given.map((notice) => ({
      ...notice,
      text: shortened(notice.text, LONGEST),
      id: nextId++,
    }));
    if (topic !== undefined) said.forEach((notice) => topics.set(notice, topic));
    const isSaidAgain = (n: Notice) =>
      said.some(({ about, text, id }) => n.about === about && n.text === text && n.id < id);
    setState(({ notices }) => ({
      notices: [...notices, ...said].filter((n) => !isSaidAgain(n)),
    }));
  };
  const notify = (notice: Omit<Notice, 'id'>, topic?: string) => say([notice], topic);

  return {
    notify,
    /** Takes back what offers an action. */
    withdraw: (action: NoticeAction) => drop((n) => n.action === action || n.otherwise === action),
    /** The outcome of what a person asked for; where it fails, the page says why, and there is none. */
    attempt: <T>(outcome: Promise<T>): Promise<T | undefined> =>
      outcome.catch((error: unknown) => {
        notify({ level: 'error', about: 'page', text: reasonOf(error) });
        return undefined;
      }),
    dismiss: (id: number) => drop((n) => n.id === id),
    takeBack,
    /** Says these in place of what was said about a topic before. */
    retell(topic: string, notices: Omit<Notice, 'id'>[]): void {
      takeBack(topic);
      if (notices.length) say(notices, topic);
    },
    /** Takes back everything about a thing that is no more. */
    forget: (about: Notice['about']) => drop((n) => n.about === about),
  };
}

export type NoticeBoard = ReturnType<typeof createNotices>;
