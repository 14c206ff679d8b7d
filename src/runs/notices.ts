import type { StoreApi } from 'zustand/vanilla';
import type { Notice, Scope } from './state';

/** The messages of the page. A topic is why something was said, so that it can be taken back. */
export function createNotices({ setState }: StoreApi<Scope>) {
  let nextId = 1;
  const topics = new WeakMap<Notice, string>();

  const drop = (goes: (notice: Notice) => boolean) =>
    setState(({ notices }) => ({
      notices: notices.some(goes) ? notices.filter((n) => !goes(n)) : notices,
    }));
  const takeBack = (topic: string) => drop((n) => topics.get(n) === topic);

  /** Says it once: the same words about the same thing are not repeated but moved to the end. */
  const notify = (notice: Omit<Notice, 'id'>, topic?: string) => {
    const said = { ...notice, id: nextId++ };
    if (topic !== undefined) topics.set(said, topic);
    setState(({ notices }) => ({
      notices: [
        ...notices.filter((n) => !(n.about === notice.about && n.text === notice.text)),
        said,
      ],
    }));
  };

  return {
    notify,
    dismiss: (id: number) => drop((n) => n.id === id),
    takeBack,
    /** Says these in place of what was said about a topic before. */
    retell(topic: string, notices: Omit<Notice, 'id'>[]): void {
      takeBack(topic);
      notices.forEach((notice) => notify(notice, topic));
    },
    /** Takes back everything about a thing that is no more. */
    forget: (about: Notice['about']) => drop((n) => n.about === about),
  };
}

export type NoticeBoard = ReturnType<typeof createNotices>;
