import type { NoticeBoard } from './notices';
import { engineStep, type Lane, type LaneId } from './state';

export interface LaneNoticesOptions {
  notices: NoticeBoard;
  lanes(): readonly Lane[];
  resetAll(): void;
  restart(id: LaneId): void;
}

/** The messages about what the engines of lanes do. */
export function createLaneNotices({ notices, lanes, resetAll, restart }: LaneNoticesOptions) {
  const stepsTopic = (id: LaneId) => `steps ${id}`;
  return {
    /** A lane begins anew beside others in training: their traces are not of one step. */
    ofSteps(id: LaneId): void {
      const others = lanes().filter((lane) => lane.id !== id && lane.engine.status === 'ready');
      const furthest = Math.max(0, ...others.map(engineStep));
      const topic = stepsTopic(id);
      notices.takeBack(topic);
      if (furthest === 0) return;
      const text = `This lane begins at step 0; the others stand at step ${furthest}.`;
      const action = { label: 'Start all at step 0', run: resetAll };
      notices.notify({ level: 'info', about: id, text, action }, topic);
    },
    takeBackSteps: (id: LaneId) => notices.takeBack(stepsTopic(id)),
    /** A lane lets the others wait, or no more. */
    ofWaiting(id: LaneId, slow: boolean): void {
      const topic = `slow ${id}`;
      notices.takeBack(topic);
      if (!slow) return;
      const text = 'This lane has been at work on one answer for long, and the others wait for it.';
      const action = { label: 'Restart this lane', run: () => restart(id) };
      notices.notify({ level: 'warning', about: id, text, action }, topic);
    },
  };
}
