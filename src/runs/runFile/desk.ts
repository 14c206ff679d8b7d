import { readsText, type Config } from '../../config/fields';
import { reasonOf } from '../../lib/reason';
import { counted, shortened } from '../../lib/words';
import { stepOf, type Aside, type Asides, type KeptLane } from '../asides';
import type { Checkpoints } from '../checkpoints';
import type { History } from '../history';
import { LINK_TOPICS } from '../laneNotices';
import { whenSettled } from '../lanes';
import type { LaneSet } from '../laneSet';
import type { RecordingDesk } from '../recordings/desk';
import type { Reader } from '../recordings/line';
import { lastStep } from '../run';
import { outlineOf, written, type SavingOptions } from '../saving/desk';
import type { Lane, LaneId, SavedFile, Text } from '../state';
import type { SweepFiles } from '../sweepFiles';
import { FORMAT, PLACES, segmentsOf, VERSION, type RunHead, type StoredLane } from './format';

interface RunFileDeskOptions extends SavingOptions {
  laneSet: LaneSet;
  checkpoints: Pick<Checkpoints<LaneId | KeptLane>, 'of'>;
  asides: Asides;
  history: Pick<History, 'here' | 'go'>;
  read: Reader;
  recordings(): Promise<RecordingDesk>;
  pause(): void;
  bringBack(aside: Aside): Promise<void>;
  /** The lanes are about to read this text; null is the one that comes with the app. */
  useText(text: Text | null): Promise<void>;
  textFor(config: Config): string | null;
  sweeps?: (() => Promise<SweepFiles>) | undefined;
}

const TOPIC = 'run file';

/** Saves all runs of the page in one file, and opens such files. */
export function createRunFileDesk(options: RunFileDeskOptions) {
  const { store, log, laneSet, checkpoints, transfers, notices } = options;

  /** Every lane at rest, measured where it stands, with a checkpoint of that. */
  async function rest(): Promise<void> {
    options.pause();
    await laneSet.travels.done();
    for (const { id, engine } of store.getState().lanes) {
      const own = laneSet.get(id);
      if (!own || engine.status !== 'ready') continue;
      await own.idle();
      await own.probe();
      await laneSet.keeper.now(own);
    }
    laneSet.publish();
  }

  /** Everything of a lane as it is now, so that whatever comes later is in no part of the file. */
  function taken({ id, fork, recorded }: Lane) {
    const run = log.run(id);
    const checkpoint = recorded
      ? undefined
      : checkpoints.of(id).findLast(({ step }) => step <= lastStep(run));
    const lane: StoredLane = {
      ...{ id, fork, changes: run.changes },
      models: run.segments.map(({ config, layout, device, frames }) => ({
        ...{ config, layout, device },
        steps: frames.length,
      })),
      checkpoint: checkpoint ? { step: checkpoint.step, changes: checkpoint.changes } : null,
      ...(recorded && { recorded }),
    };
    return { lane, segments: run.segments, checkpoint };
  }
  type Content = { name: string; content: string | Uint8Array<ArrayBuffer> };
  /** The weights of a lane; none of one whose engine is no more, which has its record all the same. */
  const weightsOf = async (id: LaneId): Promise<Content[]> =>
    laneSet.saveWeights(id).then(
      (bytes) => [{ name: PLACES.weights(id), content: new Uint8Array(bytes) }],
      () => [],
    );

  async function save(): Promise<SavedFile | undefined> {
    await rest();
    const { lanes, recordings, text } = store.getState();
    const all = [...lanes, ...recordings].map(taken).filter(({ segments }) => segments.length > 0);
    const head: RunHead = {
      ...{ format: FORMAT, version: VERSION, app: options.app },
      saved: new Date().toISOString(),
      link: options.history.here().hash,
      text: text.content === null ? null : text.name,
      lanes: all.map(({ lane }) => lane),
    };
    const files: Content[] = [
      { name: PLACES.head, content: JSON.stringify(head, null, 1) },
      ...(text.content === null ? [] : [{ name: PLACES.text, content: text.content }]),
    ];
    const sweeps = (await (await options.sweeps?.())?.files()) ?? [];
    for (const { name, content } of sweeps) files.push({ name: PLACES.sweep(name), content });
    for (const { lane, checkpoint } of all) {
      if (!lane.recorded) files.push(...(await weightsOf(lane.id)));
      if (checkpoint)
        files.push({
          name: PLACES.checkpoint(lane.id),
          content: new Uint8Array(checkpoint.bytes),
        });
    }
    const runs = all.map(({ segments }) => segments);
    const tables = all.map(({ lane, segments }) => ({
      name: PLACES.history(lane.id),
      beside: PLACES.beside(lane.id),
      table: { form: 'parquet' as const, ...outlineOf(segments, options.app, lane) },
    }));
    const step = Math.max(0, ...runs.map((segments) => lastStep({ segments, changes: [] })));
    const name = `normscope-step${step}.normscope`;
    const blob = await transfers.run('Saving', name, (transfer) =>
      written(options.write(), { form: 'runs', files, tables }, runs, transfer),
    );
    return blob && { name, blob };
  }

  /** The page stands as it was saved; what it had before is set aside. Null, or the reason why it does not. */
  async function open(file: File): Promise<string | null | undefined> {
    notices.takeBack(TOPIC);
    let opened;
    try {
      opened = await transfers.run('Reading', file.name, (transfer) =>
        options.read('runs', file, transfer),
      );
    } catch (error) {
      return reasonOf(error);
    }
    if (!opened) return undefined;
    const { head, text, lanes, sweeps } = opened;
    options.pause();
    const before = laneSet.snapshot(store.getState().lanes.map(({ id }) => id));
    const live = head.lanes.filter(({ recorded }) => !recorded);
    const content = text ?? null;
    const kept = head.lanes.flatMap((lane, i): KeptLane[] => {
      const run = { segments: segmentsOf(lane, lanes[i]!.record), changes: lane.changes };
      const bytes = lanes[i]!.checkpoint;
      const config = lane.changes.at(-1)?.config;
      if (lane.recorded || !lane.checkpoint || !bytes || !config) return [];
      const { id, fork } = lane;
      const checkpoints = [{ ...lane.checkpoint, bytes }];
      return [{ id, fork, config, run, text: '', checkpoints, follows: false }];
    });
    await options.useText(content === null ? null : { name: head.text!, content });
    options.history.go({ hash: head.link, lanes: live.map(({ id }) => id) });
    await whenSettled(store);
    const withText = kept.map((lane) => ({
      ...lane,
      text: readsText(lane.config) ? (options.textFor(lane.config) ?? '') : '',
    }));
    const aside: Aside = { lanes: withText, text: store.getState().text };
    if (withText.length > 0) {
      options.asides.add(aside);
      if (!options.asides.has(aside)) return 'There is no room for so much that was recorded.';
      await options.bringBack(aside);
    }
    const desk = await options.recordings();
    for (const { id } of store.getState().recordings) desk.remove(id);
    head.lanes.forEach((lane, i) => {
      if (!lane.recorded) return;
      const run = { segments: segmentsOf(lane, lanes[i]!.record), changes: lane.changes };
      const problem = desk.add(lane.recorded, run, lane.id);
      if (problem) {
        const text = `${lane.recorded.name} was not opened. ${problem}`;
        notices.notify({ ...{ level: 'warning', about: 'page' }, text });
      }
    });
    const problems: string[] = [];
    if (sweeps.length && options.sweeps) {
      const { open } = await options.sweeps();
      for (const sweep of sweeps) {
        const problem = await open(sweep);
        if (problem !== null) problems.push(problem);
      }
    }
    if (problems.length)
      notices.notify({
        ...{ level: 'warning', about: 'page' },
        text: `Not all of its sweeps were opened: ${problems.join(' ')}`,
      });
    Object.values(LINK_TOPICS).forEach(notices.takeBack);
    if (before) {
      options.asides.add(before);
      const text = `${shortened(file.name)} was opened. What was here, at step ${counted(stepOf(before))}, is kept.`;
      const action = laneSet.wayBack(before);
      notices.notify({ ...{ level: 'info', about: 'page' }, text, action }, TOPIC);
    }
    const gone = live.filter(({ id }) => !kept.some((lane) => lane.id === id));
    if (gone.length)
      notices.notify(
        {
          ...{ level: 'warning', about: 'page' },
          text: `No state of a model was saved of ${gone.map(({ id }) => `lane ${id.toUpperCase()}`).join(', ')}: it begins at step 0.`,
        },
        `${TOPIC} without states`,
      );
    return null;
  }
  return { save, open };
}

export type RunFileDesk = ReturnType<typeof createRunFileDesk>;
