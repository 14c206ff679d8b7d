import { reasonOf } from '../../lib/reason';
import { counted } from '../../lib/words';
import type { Address } from '../address';
import type { Aside, Asides, KeptLane } from '../asides';
import type { Checkpoints } from '../checkpoints';
import type { History } from '../history';
import { LINK_TOPICS } from '../laneNotices';
import { whenSettled } from '../lanes';
import type { LaneSet } from '../laneSet';
import type { FrameLog } from '../log';
import type { NoticeBoard } from '../notices';
import type { RecordingDesk } from '../recordings/desk';
import { lastStep } from '../run';
import { engineStep, type LaneId, type Scope } from '../state';
import type { StoreApi } from 'zustand/vanilla';
import { segmentsOf } from './chunks';
import { furthest, type Archive, type Entry, type SessionHead, type StoredLane } from './format';
import { createRecorder } from './recorder';
import { namesOf, savedAt } from './words';

interface SessionDeskOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  log: FrameLog<LaneId>;
  checkpoints: Pick<Checkpoints<LaneId | KeptLane>, 'of'>;
  asides: Asides;
  laneSet: LaneSet;
  history: Pick<History, 'here' | 'go'>;
  address: Pick<Address, 'read'>;
  archive: Archive & { dispose(): void };
  pause(): void;
  recordings(): Promise<RecordingDesk>;
  /** Runs that were set aside come back, each to where it stood. */
  bringBack(aside: Aside): Promise<void>;
  now(): number;
}

const TOPIC = 'session';

/** Keeps what is open in the browser’s database, and brings it back. */
export function createSessionDesk(options: SessionDeskOptions) {
  const { store, notices, log, laneSet, history, archive } = options;
  const say = (text: string) => notices.notify({ level: 'warning', about: 'page', text });
  const recorder = createRecorder({
    ...options,
    runOf: log.run,
    checkpointsOf: options.checkpoints.of,
    hash: () => history.here().hash,
    onFailed: (reason) =>
      say(
        `What is trained from here on is not kept for the next visit: ${reason} Training goes on; Files saves records and weights.`,
      ),
  });
  const hasTrained = ({ playing, lanes }: Scope) =>
    playing || lanes.some((lane) => engineStep(lane) > 0);
  const stopWatching = store.subscribe((scope) => {
    if (hasTrained(scope)) takeBack();
  });
  function takeBack() {
    stopWatching();
    notices.takeBack(TOPIC);
  }

  const keptLane = ({ id, fork, chunks, changes, checkpoint }: StoredLane): KeptLane | null => {
    const run = { segments: segmentsOf(chunks), changes };
    const config = changes.at(-1)?.config;
    if (!config || !checkpoint || checkpoint.step > lastStep(run)) return null;
    const text = laneSet.get(id)?.text() ?? '';
    return {
      ...{ id, config, run, text, checkpoints: [checkpoint], follows: false },
      fork: fork && { name: '', before: null, ...fork },
    };
  };
  const bring = async (id: string): Promise<KeptLane[]> => {
    const { head, lanes, problems } = await archive.take(id);
    const live = lanes.filter(({ recorded }) => !recorded);
    history.go({ hash: head.hash, lanes: live.map((lane) => lane.id) });
    await whenSettled(store);
    const kept = live.flatMap((lane) => keptLane(lane) ?? []);
    if (kept.length === 0) throw new Error('No state of a model is left of it.');
    if (problems.length > 0) say(problems.join(' '));
    const aside = { lanes: kept, text: store.getState().text };
    options.asides.add(aside);
    await options.bringBack(aside);
    await putRecordings(lanes);
    Object.values(LINK_TOPICS).forEach(notices.takeBack);
    const isThere = ({ id, run }: KeptLane) =>
      laneSet.get(id)?.state().latest?.frame.step === lastStep(run);
    if (!kept.some(isThere)) throw new Error('The engines did not go on from it.');
    return kept;
  };
  const putRecordings = async (lanes: readonly StoredLane[]): Promise<void> => {
    for (const { id, recorded, chunks, changes } of lanes) {
      const run = { segments: segmentsOf(chunks), changes };
      if (!recorded || !run.segments.length) continue;
      const problem = (await options.recordings()).add(recorded, run, id);
      if (problem) say(`${recorded.name} was not opened. ${problem}`);
    }
  };
  const resume = async (id: string): Promise<void> => {
    takeBack();
    options.pause();
    await recorder.pause();
    try {
      const kept = await bring(id);
      recorder.goOn(kept.map((lane) => ({ ...lane, checkpoint: lane.checkpoints[0]! })));
    } catch (error) {
      await archive.leave();
      say(`The session could not be continued: ${reasonOf(error)}`);
      recorder.goOn(null);
    }
  };

  const offer = (head: SessionHead) => {
    const left = `Left in this browser on ${savedAt(head)}: ${namesOf(head)} at step ${counted(furthest(head))}.`;
    // A fork is in the address, and no more on the page that was loaded again.
    const isHere = [history.here().hash, options.address.read().hash].includes(head.hash);
    notices.notify(
      {
        level: 'info',
        about: 'page',
        text: isHere ? left : `${left} Its settings are others than those of this address.`,
        action: { label: 'Continue where you left', run: () => void resume(head.id) },
        otherwise: {
          label: 'Start clean',
          run() {
            takeBack();
            void archive.decline(head.id).catch(() => undefined);
          },
        },
      },
      TOPIC,
    );
  };
  const tellUnread = ({ id, problem }: Entry) => {
    const topic = `${TOPIC} ${id}`;
    const remove = async () => {
      await notices.attempt(archive.remove(id));
      notices.takeBack(topic);
    };
    const text = `A session that is stored in this browser cannot be continued. ${problem}`;
    const action = { label: 'Delete it', run: () => void remove() };
    notices.notify({ level: 'info', about: 'page', text, action }, topic);
  };

  return {
    /** Offers what was left here, where training has not begun; never more than that. */
    async open(): Promise<void> {
      // A browser that keeps nothing says so when there is something to keep.
      const entries = await archive.list().catch((): Entry[] => []);
      if (hasTrained(store.getState())) return;
      entries.filter(({ problem }) => problem).forEach(tellUnread);
      const head = entries.find((entry) => entry.head && furthest(entry.head) > 0)?.head;
      if (head && !head.declined) offer(head);
    },
    list: () => archive.list(),
    resume,
    remove: (id: string) => archive.remove(id),
    dispose() {
      recorder.stop();
      stopWatching();
      archive.dispose();
    },
  };
}
