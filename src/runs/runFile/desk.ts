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
import type { LaneId, SavedFile, Text } from '../state';
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
  useText(text: Text): void;
  textFor(config: Config): string | null;
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

  const modelsOf = (id: LaneId): StoredLane['models'] =>
    log.run(id).segments.map(({ config, layout, device, frames }) => ({
      ...{ config, layout, device },
      steps: frames.length,
    }));

  async function save(): Promise<SavedFile | undefined> {
    await rest();
    const { lanes, recordings, text } = store.getState();
    const measured = [...lanes, ...recordings].filter(({ id }) => log.run(id).segments.length);
    const stored: StoredLane[] = measured.map(({ id, fork, recorded }) => {
      const run = log.run(id);
      const newest = recorded
        ? undefined
        : checkpoints.of(id).findLast(({ step }) => step <= lastStep(run));
      return {
        ...{ id, fork, models: modelsOf(id), changes: run.changes },
        checkpoint: newest ? { step: newest.step, changes: newest.changes } : null,
        ...(recorded && { recorded }),
      };
    });
    const head: RunHead = {
      ...{ format: FORMAT, version: VERSION, app: options.app },
      saved: new Date().toISOString(),
      link: options.history.here().hash,
      text: text.content === null ? null : text.name,
      lanes: stored,
    };
    const files: { name: string; content: string | Uint8Array<ArrayBuffer> }[] = [
      { name: PLACES.head, content: JSON.stringify(head, null, 1) },
      ...(text.content === null ? [] : [{ name: PLACES.text, content: text.content }]),
    ];
    for (const { id, checkpoint } of stored.filter(({ recorded }) => !recorded)) {
      files.push({
        name: PLACES.weights(id),
        content: new Uint8Array(await laneSet.saveWeights(id)),
      });
      const kept = checkpoints.of(id).find(({ step }) => step === checkpoint?.step);
      if (kept) files.push({ name: PLACES.checkpoint(id), content: new Uint8Array(kept.bytes) });
    }
    const runs = stored.map(({ id }) => log.run(id).segments);
    const tables = stored.map(({ id, fork }, i) => ({
      name: PLACES.history(id),
      table: { form: 'parquet' as const, ...outlineOf(runs[i]!, options.app, fork) },
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
    const { head, text, lanes } = opened;
    options.pause();
    const before = laneSet.snapshot(store.getState().lanes.map(({ id }) => id));
    const live = head.lanes.filter(({ recorded }) => !recorded);
    const content = text ?? null;
    const kept = head.lanes.flatMap((lane, i): KeptLane[] => {
      const run = { segments: segmentsOf(lane, lanes[i]!.frames), changes: lane.changes };
      const bytes = lanes[i]!.checkpoint;
      const config = lane.changes.at(-1)?.config;
      if (lane.recorded || !lane.checkpoint || !bytes || !config) return [];
      const { id, fork } = lane;
      const checkpoints = [{ ...lane.checkpoint, bytes }];
      return [{ id, fork, config, run, text: '', checkpoints, follows: false }];
    });
    if (content !== null) options.useText({ name: head.text!, content });
    options.history.go({ hash: head.link, lanes: live.map(({ id }) => id) });
    await whenSettled(store);
    const withText = kept.map((lane) => ({
      ...lane,
      text: readsText(lane.config) ? (options.textFor(lane.config) ?? '') : '',
    }));
    const aside: Aside = { lanes: withText, text: store.getState().text };
    if (withText.length > 0) {
      options.asides.add(aside);
      await options.bringBack(aside);
    }
    const desk = await options.recordings();
    head.lanes.forEach((lane, i) => {
      if (!lane.recorded) return;
      const run = { segments: segmentsOf(lane, lanes[i]!.frames), changes: lane.changes };
      desk.add(lane.recorded, run, lane.id);
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
