import type { NoticeBoard } from './notices';
import { engineStep, type Lane, type LaneId, type Notice } from './state';

type Act = NonNullable<Notice['action']>['run'];

const stepsTopic = (id: LaneId) => `steps ${id}`;
export const takeBackSteps = (notices: NoticeBoard, id: LaneId) => notices.takeBack(stepsTopic(id));

/** A lane begins anew beside others in training: their traces are not of one step. */
export function tellOfSteps(notices: NoticeBoard, lanes: readonly Lane[], id: LaneId, run: Act) {
  const others = lanes.filter((lane) => lane.id !== id && lane.engine.status === 'ready');
  const furthest = Math.max(0, ...others.map(engineStep));
  const text = `This lane begins at step 0; the others stand at step ${furthest}.`;
  const action = { label: 'Start all at step 0', run };
  const notice = { level: 'info', about: id, text, action } as const;
  notices.retell(stepsTopic(id), furthest === 0 ? [] : [notice]);
}

/** A lane lets the others wait, or no more. */
export function tellOfWaiting(notices: NoticeBoard, id: LaneId, slow: boolean, run: Act) {
  const text = 'This lane has been at work on one answer for long, and the others wait for it.';
  const action = { label: 'Restart this lane', run };
  const notice = { level: 'warning', about: id, text, action } as const;
  notices.retell(`slow ${id}`, slow ? [notice] : []);
}
