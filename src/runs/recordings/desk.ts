import type { StoreApi } from 'zustand/vanilla';
import { complete, toTell } from '../../config/check';
import { reasonOf } from '../../lib/reason';
import { listed, shortened } from '../../lib/words';
import type { Layout } from '../../protocol/frame';
import { NOTHING_YET } from '../engineState';
import { newLane } from '../lanes';
import type { FrameLog } from '../log';
import type { NoticeBoard } from '../notices';
import type { Run, Segment } from '../run';
import { LANE_IDS, type LaneId, type RecordedLane, type Recording, type Scope } from '../state';
import type { Transfer, Transfers } from '../transfers';
import { checkTargets, type Targets } from './columns/check';
import type { ColumnsQuestion } from './columns/question';
import { guessTargets } from './columns/guesses';
import { createColumnMemory } from './columns/memory';
import { columnRows } from './columns/rows';
import type { Reader } from './line';
import { isEmpty, type FileForm, type ReadRun } from './read';

interface RecordingDeskOptions {
  store: StoreApi<Scope>;
  notices: NoticeBoard;
  log: FrameLog<LaneId>;
  read: Reader;
  transfers: Transfers;
  /** The lanes on show are others. */
  onChange(): void;
}

const TOPIC = 'recording';
const FULL = 'There are four lanes: one has to go first.';
/** A computer that is not known. */
const DEVICE: Segment['device'] = { backend: 'cpu', adapter: '', reason: '' };

const withoutEnding = (name: string) =>
  shortened(name.replace(/\.(json|csv|parquet|txt|tsv)$/i, ''), 40);

/** Sentences on what of a run is not there to be shown. */
function notesOn(
  { layout, unknown, settings, notes = [], isCut }: ReadRun,
  problems: string[],
): string[] {
  const { sites, siteStatistics, params, n_heads }: Layout = layout;
  const absent = [
    ...(sites.length ? [] : ['sites']),
    ...(siteStatistics.some((id) => id.startsWith('grad_')) ? [] : ['gradients of activations']),
    ...(params.length ? [] : ['parameters']),
    ...(n_heads ? [] : ['heads']),
  ];
  const names = unknown.map((name) => shortened(name, 30));
  return [
    ...(isCut ? ['The file is cut off: its last step is left out.'] : []),
    ...(absent.length ? [`It has no numbers of ${listed(absent)}.`] : []),
    ...(unknown.length
      ? [
          `${unknown.length} of its columns ${unknown.length > 1 ? 'have names' : 'has a name'} that ${unknown.length > 1 ? 'are' : 'is'} not known here: ${listed(names, 3)}.`,
        ]
      : []),
    ...notes,
    ...(settings ? problems : ['Its settings are not known.']),
  ];
}

/** The run as the log holds it. The settings are those that it names, and the defaults where it names none. */
function runOf({ settings, layout, frames, evaluations }: ReadRun): {
  run: Run;
  problems: string[];
} {
  const { config, problems } = complete(settings ?? {});
  // More layers than a model here may have can be looked at.
  const { n_layers, n_heads } = layout;
  const shaped = {
    ...config,
    n_layers: n_layers || config.n_layers,
    n_heads: n_heads || config.n_heads,
  };
  return {
    run: {
      segments: [{ config: shaped, layout, device: DEVICE, frames, evaluations }],
      changes: [{ step: frames[0]!.step, config: shaped }],
    },
    problems: toTell(problems).map(({ message }) => message),
  };
}

/** A run, what is called otherwise in its file, and if that was so the time before. */
interface Named {
  found: ReadRun;
  columns?: { areRemembered: boolean };
}

const nothingIn = ({ unknown }: ReadRun): Error =>
  new Error(
    `None of its columns has a name that is known here, such as loss or blocks.0.resid_post/rms; its own are ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ', …' : ''}.`,
  );

/** Runs that were opened from files stand beside the lanes, each under a letter that no lane has. */
export function createRecordingDesk(options: RecordingDeskOptions) {
  const { store, notices, log, read, transfers, onChange } = options;
  const { getState, setState } = store;
  const memory = createColumnMemory(() => localStorage);
  /** Asks what columns are, while the file waits. */
  const ask = (question: Omit<ColumnsQuestion, 'answer'>, { tell, signal }: Transfer) =>
    new Promise<Targets>((answer, reject) => {
      signal.addEventListener('abort', () => reject(new Error('It was called off.')));
      tell(1, { ...question, answer });
    });

  /** The run in a file. What its columns are is asked where it is not known; `anew`, where it is, too. */
  async function named(
    form: FileForm,
    file: File,
    transfer: Transfer,
    anew: boolean,
  ): Promise<Named> {
    const plain = await read(form, file, transfer);
    const rows = columnRows(plain.foreign);
    if (rows.length === 0) {
      if (isEmpty(plain)) throw nothingIn(plain);
      return { found: plain };
    }
    const { known } = plain;
    const before = memory.of(rows);
    const holds = before && checkTargets(rows, known, before).problems.size === 0;
    const asks = { rows, known, targets: before ?? guessTargets(rows, known) };
    const targets = holds && !anew ? before : await ask(asks, transfer);
    const { renames } = checkTargets(rows, known, targets);
    const found = renames.size ? await read(form, file, { ...transfer, renames }) : plain;
    if (isEmpty(found)) throw nothingIn(found);
    if (targets !== before) memory.keep(rows, targets);
    return { found, columns: { areRemembered: targets === before } };
  }
  const freeLetter = (wanted?: LaneId): LaneId | undefined => {
    const { lanes, recordings } = getState();
    const isFree = (id: LaneId) => ![...lanes, ...recordings].some((lane) => lane.id === id);
    return wanted && isFree(wanted) ? wanted : LANE_IDS.find(isFree);
  };
  /** A run stands on the page, in the place of the one that has its letter. */
  const put = (
    id: LaneId,
    recorded: Recording,
    run: Run,
    columns?: RecordedLane['columns'],
  ): void => {
    log.put(id, run);
    const { config } = run.changes[0]!;
    const { loss, divergence, events } = log.summary(id);
    const last = run.segments.at(-1)!.frames.at(-1)!;
    const engine = {
      ...NOTHING_YET,
      status: 'recorded' as const,
      latest: log.at(id, last.step)!.shown,
    };
    const lane: RecordedLane = {
      ...newLane({ id, config }),
      ...{ recorded, engine, loss, divergence, events },
      ...(columns && { columns }),
    };
    setState(({ recordings }) => ({
      recordings: recordings.some((one) => one.id === id)
        ? recordings.map((one) => (one.id === id ? lane : one))
        : [...recordings, lane],
    }));
    onChange();
  };

  /** The same under a free letter, the one wanted if it is; the reason where there is none, else null. */
  function add(
    recorded: Recording,
    run: Run,
    wanted?: LaneId,
    columns?: RecordedLane['columns'],
  ): string | null {
    const id = freeLetter(wanted);
    if (!id) return FULL;
    put(id, recorded, run, columns);
    return null;
  }

  /** It goes from the page; the message that says so brings it back. */
  function remove(id: LaneId): void {
    const lane = getState().recordings.find((one) => one.id === id);
    if (!lane) return;
    const run = log.run(id);
    log.drop(id);
    setState(({ recordings }) => ({ recordings: recordings.filter((one) => one.id !== id) }));
    onChange();
    const back = () => {
      const problem = add(lane.recorded, run, id, lane.columns);
      if (problem) notices.notify({ level: 'warning', about: 'page', text: problem });
      else notices.takeBack(TOPIC);
    };
    notices.retell(TOPIC, [
      {
        ...{ level: 'info', about: 'page', text: `${lane.recorded.name} was removed.` },
        action: { label: 'Bring it back', run: back },
      },
    ]);
  }

  /** Reads a file, and puts its run under a letter; the reason where that cannot be, undefined where it was called off. */
  async function readInto(
    form: FileForm,
    file: File,
    { letter, anew }: { letter(): LaneId | undefined; anew: boolean },
  ): Promise<string | null | undefined> {
    try {
      const read = await transfers.run('Reading', file.name, (transfer) =>
        named(form, file, transfer, anew),
      );
      if (!read) return undefined;
      const id = letter();
      if (!id) return FULL;
      const { found, columns } = read;
      const { run, problems } = runOf(found);
      const recorded: Recording = {
        ...{ name: withoutEnding(file.name), notes: notesOn(found, problems) },
        ...(found.head && { head: found.head }),
      };
      const idNow = () => getState().recordings.find((one) => one.recorded === recorded)?.id;
      const change = () => void changeColumns(form, file, idNow);
      put(id, recorded, run, columns && { ...columns, change });
      return null;
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** Asks anew what the columns of a run's file are; the run stands as before where that leads to none. */
  async function changeColumns(form: FileForm, file: File, letter: () => LaneId | undefined) {
    notices.takeBack(TOPIC);
    const problem = await readInto(form, file, { letter, anew: true });
    if (problem)
      notices.retell(TOPIC, [
        {
          level: 'error',
          about: 'page',
          text: `${shortened(file.name)} was not read again. ${problem}`,
        },
      ]);
  }

  return {
    /** The reason why a file does not stand on the page; null where it does, undefined where that was called off. */
    async open(form: FileForm, file: File): Promise<string | null | undefined> {
      notices.takeBack(TOPIC);
      if (!freeLetter()) return FULL;
      return readInto(form, file, { letter: freeLetter, anew: false });
    },
    add,
    /** Lanes are to have these letters: a run that has one of them takes another, or goes where none is free. */
    claim(letters: readonly LaneId[]): void {
      for (const { id } of getState().recordings.filter((one) => letters.includes(one.id))) {
        const { lanes, recordings } = getState();
        const taken = [...letters, ...[...lanes, ...recordings].map((one) => one.id)];
        const free = LANE_IDS.find((letter) => !taken.includes(letter));
        if (!free) {
          remove(id);
          continue;
        }
        log.put(free, log.run(id));
        log.drop(id);
        setState(({ recordings }) => ({
          recordings: recordings.map((one) => (one.id === id ? { ...one, id: free } : one)),
        }));
      }
    },
    remove,
  };
}

export type RecordingDesk = ReturnType<typeof createRecordingDesk>;
