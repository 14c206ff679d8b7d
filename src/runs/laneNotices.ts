import { counted } from '../lib/words';
import type { NoticeBoard } from './notices';
import { stepOf, type Aside } from './asides';
import { engineStep, type Lane, type LaneId, type Notice, type NoticeAction } from './state';

type Act = NonNullable<Notice['action']>['run'];

/** Messages about a link that only training leads to. */
export const LINK_TOPICS = { step: 'step', forks: 'forks' } as const;

const stepsTopic = (id: LaneId) => `steps ${id}`;
export const takeBackSteps = (notices: NoticeBoard, id: LaneId) => notices.takeBack(stepsTopic(id));

/** A lane begins anew beside others in training: their traces are not of one step. */
export function tellOfSteps(
  notices: NoticeBoard,
  lanes: readonly Lane[],
  id: LaneId,
  { run, back }: { run: Act; back: NoticeAction | undefined },
) {
  const others = lanes.filter((lane) => lane.id !== id && lane.engine.status === 'ready');
  const furthest = Math.max(0, ...others.map(engineStep));
  const kept = back ? ', and its run is kept' : '';
  const text = `This lane begins at step 0${kept}; the others stand at step ${furthest}.`;
  const action = { label: 'Start all at step 0', run };
  const notice = {
    level: 'info',
    about: id,
    text,
    action,
    ...(back && { otherwise: back }),
  } as const;
  notices.retell(stepsTopic(id), furthest === 0 ? [] : [notice]);
  if (furthest > 0 && back) notices.takeBack(END_TOPIC);
}

/** A lane lets the others wait, or no more. */
export function tellOfWaiting(notices: NoticeBoard, id: LaneId, slow: boolean, run: Act) {
  const text = 'This lane has been at work on one answer for long, and the others wait for it.';
  const action = { label: 'Restart this lane', run };
  const notice = { level: 'warning', about: id, text, action } as const;
  notices.retell(`slow ${id}`, slow ? [notice] : []);
}

const letters = ({ lanes }: Aside): string =>
  lanes.length === 1 ? `lane ${lanes[0]!.id.toUpperCase()}` : 'these lanes';

/** The message that tells of runs that ended, which are kept. */
export const END_TOPIC = 'ended';

/** Runs have ended, and can come back. */
export function tellOfEnd(notices: NoticeBoard, aside: Aside, action: NoticeAction) {
  const text = `The run of ${letters(aside)} ended at step ${counted(stepOf(aside))} and is kept.`;
  notices.retell(END_TOPIC, [{ level: 'info', about: 'page', text, action }]);
}

/** Lanes went back in their runs; what came after is kept. */
export function tellOfReturn(notices: NoticeBoard, aside: Aside, to: number, action: NoticeAction) {
  const text = `The run of ${letters(aside)} went back to step ${counted(to)}; what it recorded after, to step ${counted(stepOf(aside))}, is kept.`;
  notices.retell(END_TOPIC, [{ level: 'info', about: 'page', text, action }]);
}

const differenceTopic = (id: LaneId) => `differs ${id}`;
const revivalTopic = (id: LaneId) => `revived ${id}`;
/** A run has ended: what was said of its numbers is of no other. */
export const takeBackNumbers = (notices: NoticeBoard, id: LaneId) =>
  [differenceTopic(id), revivalTopic(id)].forEach(notices.takeBack);

const OTHER_NUMBERS =
  'its numbers are not those that were recorded: another backend, or another build of it, computes now.';

/** A step was computed again, with other numbers. */
export function tellOfDifference(notices: NoticeBoard, id: LaneId, step: number) {
  const text = `Step ${counted(step)} was computed again, and ${OTHER_NUMBERS}`;
  notices.retell(differenceTopic(id), [{ level: 'warning', about: id, text }]);
}

/** A lane has another engine, which has come back to where the one before stood. */
export function tellOfRevival(
  notices: NoticeBoard,
  id: LaneId,
  { why, step, same }: { why: string; step: number; same: boolean | null },
  run: Act,
) {
  const back = `A new engine has come back to step ${counted(step)}${same === false ? `; ${OTHER_NUMBERS}` : '.'}`;
  const text = [why, back].filter(Boolean).join(' ');
  const action = { label: 'Start this lane at step 0', run };
  const level = same === false ? 'warning' : 'info';
  notices.retell(revivalTopic(id), [{ level, about: id, text, action }]);
}
