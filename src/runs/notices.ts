import type { Notice, Scope } from './state';

type Notices = Scope['notices'];
/** Why something was said, so that it can be taken back when it no longer holds. */
type Topic = string;

/** The messages of the page. `update` changes the list that the page shows. */
export function createNotices(update: (change: (notices: Notices) => Notices) => void) {
  let nextId = 1;
  const topics = new WeakMap<Notice, Topic>();

  const drop = (goes: (notice: Notice) => boolean) =>
    update((notices) => (notices.some(goes) ? notices.filter((n) => !goes(n)) : notices));

  /** Says it once: the same words about the same thing are not repeated but moved to the end. */
  const notify = (notice: Omit<Notice, 'id'>, topic?: Topic) => {
    const said = { ...notice, id: nextId++ };
    if (topic !== undefined) topics.set(said, topic);
    update((notices) => [
      ...notices.filter((n) => !(n.about === notice.about && n.text === notice.text)),
      said,
    ]);
  };

  return {
    notify,
    dismiss: (id: number) => drop((n) => n.id === id),
    /** Takes back what was said about a topic. */
    takeBack: (topic: Topic) => drop((n) => topics.get(n) === topic),
    /** Takes back everything about a thing that is no more. */
    forget: (about: Notice['about']) => drop((n) => n.about === about),
  };
}

export type NoticeBoard = ReturnType<typeof createNotices>;
