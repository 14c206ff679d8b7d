import type { Config } from '../config/fields';
import type { SiteName } from '../config/sites';
import {
  LOGIT_STATISTIC_IDS,
  SITE_STATISTICS,
  STATISTIC_IDS,
  type LogitStatistic,
  type StatisticNames,
} from '../config/statistics';
import type { KernelBuild } from '../lib/adapters';
import type { Batch } from '../lib/batch';
import { mapValues, perObject } from '../lib/objects';
import type { DeviceReport } from '../protocol/engine';
import type { Evaluation } from '../protocol/evaluation';
import { unpack, type Frame, type Layout, type PackedFrame } from '../protocol/frame';
import { EVALUATION, readColumn } from './tables/columns';

/** A measured number; what is not finite or not defined at its place is a string, never null. */
export type Recorded = number | 'NaN' | 'Infinity' | '-Infinity';

/** Both [B][T]; target −1 is not counted in the loss. */
interface RecordedTokens {
  inputs: number[][];
  targets: number[][];
}

/** The measurement before update `step`, on the batch of that step. */
export interface RecordFrame {
  step: number;
  loss: Recorded;
  /** Left out where the task has no tokens. */
  tokens?: RecordedTokens;
  /** Each [sites], in the order of the record's `sites`; those that the configuration has. */
  site: Partial<Record<StatisticNames['site'], Recorded[]>>;
  /** Each [L][H]. */
  head: Record<StatisticNames['head'], Recorded[][]>;
  output: Record<StatisticNames['output'], Recorded>;
  /** By the parameter's name in the weights file. */
  param: Record<string, Record<StatisticNames['param'], Recorded>>;
  /** By the norm's name; left out where none is over the batch. */
  norm?: Record<string, Record<StatisticNames['norm'], Recorded>>;
  /** The model as it is used; left out where that is as it is trained. */
  evaluation?: RecordEvaluation;
}

/**
 * The measurement of an evaluation: forward statistics alone, as in a frame, and by position. Tokens are left
 * out where the batch is the frame's own.
 */
interface RecordEvaluation extends Pick<RecordFrame, 'tokens' | 'loss' | 'site' | 'head'> {
  /** No update follows from it. */
  output: Record<LogitStatistic, Recorded>;
  seq_len: number;
  /** loss [T]; rms (of resid_post) and entropy [L][T]. */
  position: { loss: Recorded[]; rms: Recorded[][]; entropy: Recorded[][] };
  /** Left out where the model is not causal. */
  leak?: { training: Recorded; evaluation: Recorded };
}

/** Settings changed under way, from the frame of that step on. */
export interface RecordedEvent {
  step: number;
  settings: Partial<Config>;
}

export const RECORD_FORMAT = 'normscope-record';
export const RECORD_VERSION = 1;

/** A run as other tools read it: JSON with exactly these keys. */
export interface RunRecord {
  format: typeof RECORD_FORMAT;
  version: typeof RECORD_VERSION;
  /** The last settings. */
  config: Config;
  /** Left out where none were changed. */
  events?: RecordedEvent[];
  backend: DeviceReport['backend'];
  adapter: string;
  /** Of our WebAssembly kernels; left out where none compute. */
  build?: KernelBuild;
  app: string;
  /** The lane, and the step of its run, that this run goes on from, with its name by then; left out where it began at step 0. */
  fork?: { lane: string; step: number; name: string };
  /** The batch of the first frame; left out where the task has no tokens. */
  tokens?: RecordedTokens;
  sites: SiteName[];
  frames: RecordFrame[];
}

/** A run to be recorded. All frames belong to the one layout. */
export interface Run {
  config: Config;
  events?: RecordedEvent[];
  device: Pick<DeviceReport, 'backend' | 'adapter' | 'build'>;
  app: string;
  layout: Layout;
  fork?: RunRecord['fork'];
  frames: Frame[];
  /** Of the frames that have one, by step. */
  evaluations?: Map<number, Evaluation>;
}

/** A float32 keeps every decimal of six digits; nine digits keep every float32. */
const SURE_DIGITS = 6;
const ENOUGH_DIGITS = 9;
const SMALLEST_NORMAL = 2 ** -126;

/**
 * A float32 as the number with the fewest decimal digits that rounds back to it (0.1, not
 * 0.10000000149011612); a number that is no float32 as it is.
 */
export function shortest(x: number): number {
  if (Math.fround(x) !== x) return x;
  // Below the normal range fewer digits tell neighbours apart.
  const from = Math.abs(x) < SMALLEST_NORMAL ? 1 : SURE_DIGITS;
  for (let digits = from; digits < ENOUGH_DIGITS; digits++) {
    const candidate = Number(x.toPrecision(digits));
    if (Math.fround(candidate) === x) return candidate;
  }
  return Number(x.toPrecision(ENOUGH_DIGITS));
}

export const recorded = (x: number): Recorded =>
  Number.isFinite(x) ? shortest(x) : (String(x) as Recorded);
const recordedAll = (values: Float32Array): Recorded[] => Array.from(values, recorded);

/** Row-major values [rows · columns] as [rows][columns]. */
const inRows = <T>(values: T[], columns: number): T[][] =>
  Array.from({ length: values.length / columns }, (_, row) =>
    values.slice(row * columns, (row + 1) * columns),
  );

export const tokensOf = (batch: Batch | null | undefined): { tokens?: RecordedTokens } => {
  if (!batch) return {};
  const { inputs, targets, T } = batch;
  return { tokens: mapValues({ inputs, targets }, (ids) => inRows(Array.from(ids), T)) };
};

/**
 * The parts of a frame, or of an evaluation, that its record has: all, or of another program's those that it told. Of
 * statistics at sites and of heads, which stand in lists, there is one where there is any.
 */
const partsOf = perObject(({ columns }: Layout) => {
  const named = new Set(columns);
  const listed = new Set(
    columns?.map((name) => {
      const { quantity, before } = readColumn(name);
      return `${before}${quantity?.of} ${quantity?.statistic}`;
    }),
  );
  return {
    hasName: (name: string) => !columns || named.has(name),
    hasList: (of: 'site' | 'head', statistic: string, before = '') =>
      !columns || listed.has(`${before}${of} ${statistic}`),
  };
});

const chosen = <K extends string, V>(record: Record<K, V>, has: (key: K) => boolean) =>
  Object.fromEntries(Object.entries<V>(record).filter(([key]) => has(key as K))) as Record<K, V>;

const lossOf = (layout: Layout, { loss }: Frame, before = '') =>
  partsOf(layout).hasName(`${before}loss`) ? { loss: recorded(loss) } : {};

/** All that training and evaluation are both measured by but the loss; of sites and the output these statistics. */
const recordForward = <Output extends StatisticNames['output']>(
  layout: Layout,
  ids: StatisticNames['site'][],
  outputIds: Output[],
  { site, head, output }: Frame,
  before = '',
) => {
  const { hasName, hasList } = partsOf(layout);
  return {
    site: Object.fromEntries(
      ids.filter((id) => hasList('site', id, before)).map((id) => [id, recordedAll(site[id])]),
    ) as RecordFrame['site'],
    head: mapValues(
      chosen(head, (id) => hasList('head', id, before)),
      (values) => inRows(recordedAll(values), layout.n_heads),
    ),
    output: Object.fromEntries(
      outputIds
        .filter((id) => hasName(`${before}output/${id}`))
        .map((id) => [id, recorded(output[id])]),
    ) as Record<Output, Recorded>,
  };
};

/** Statistics of named things, [names], as an object of objects. */
const byName = <Id extends string>(
  layout: Layout,
  names: string[],
  ids: Id[],
  values: Record<Id, Float32Array>,
): Record<string, Record<Id, Recorded>> =>
  Object.fromEntries(
    names.map((name, i) => [
      name,
      Object.fromEntries(
        ids
          .filter((id) => partsOf(layout).hasName(`${name}/${id}`))
          .map((id) => [id, recorded(values[id][i]!)]),
      ) as Record<Id, Recorded>,
    ]),
  );

/** Evaluation runs forward alone, and counts no roundings. */
const isEvaluated = (id: StatisticNames['site']) =>
  SITE_STATISTICS[id].direction === 'forward' && !SITE_STATISTICS[id].counts;

function recordEvaluation(layout: Layout, evaluation: Evaluation): Partial<RecordEvaluation> {
  const { frame: packed, position, seq_len, sameBatch, leak } = evaluation;
  const frame = unpack(layout, packed);
  const ids = layout.siteStatistics.filter(isEvaluated);
  const byLayer = (values: Float32Array) => inRows(recordedAll(values), seq_len);
  return {
    // A table tells of evaluation neither its length nor anything by position.
    ...(seq_len > 0 && { seq_len }),
    ...(sameBatch ? {} : tokensOf(frame.batch)),
    ...lossOf(layout, frame, EVALUATION),
    ...recordForward(layout, ids, LOGIT_STATISTIC_IDS, frame, EVALUATION),
    ...(seq_len > 0 && {
      position: {
        loss: recordedAll(position.loss),
        rms: byLayer(position.rms),
        entropy: byLayer(position.entropy),
      },
    }),
    ...(leak ? { leak: mapValues({ ...leak }, recorded) } : {}),
  };
}

function recordFrame(layout: Layout, frame: Frame, evaluation?: Evaluation): RecordFrame {
  const { params, norms, siteStatistics } = layout;
  return {
    step: frame.step,
    ...lossOf(layout, frame),
    ...tokensOf(frame.batch),
    ...recordForward(layout, siteStatistics, STATISTIC_IDS.output, frame),
    param: byName(layout, params, STATISTIC_IDS.param, frame.param),
    ...(norms.length ? { norm: byName(layout, norms, STATISTIC_IDS.norm, frame.norm) } : {}),
    ...(evaluation ? { evaluation: recordEvaluation(layout, evaluation) } : {}),
  } as RecordFrame;
}

/** A frame as it stands in a record. */
export const frameText = (layout: Layout, frame: PackedFrame, evaluation?: Evaluation): string =>
  JSON.stringify(recordFrame(layout, unpack(layout, frame), evaluation));

export type RecordHead = Omit<RunRecord, 'frames'>;

/** All of a record but its frames. */
export const recordHead = ({
  config,
  events,
  device,
  app,
  fork,
  layout,
  frames,
}: Run): RecordHead => ({
  format: RECORD_FORMAT,
  version: RECORD_VERSION,
  config,
  ...(events?.length && { events }),
  backend: device.backend,
  adapter: device.adapter,
  ...(device.build && { build: device.build }),
  app,
  ...(fork && { fork }),
  ...tokensOf(frames[0]?.batch),
  sites: layout.sites,
});

/** The metadata of a history table: a record's head without what its columns tell. */
export const historyMetadata = ({ sites: _, tokens: __, ...head }: RecordHead): object => ({
  ...head,
  format: 'normscope-history',
});

export const buildRecord = (run: Run): RunRecord => ({
  ...recordHead(run),
  frames: run.frames.map((frame) =>
    recordFrame(run.layout, frame, run.evaluations?.get(frame.step)),
  ),
});

/**
 * The JSON text of a run's record in pieces, one frame built at a time, one frame on a line: a long run
 * is never held whole a second time.
 */
export function* recordChunks(run: Run): Generator<string> {
  yield `${JSON.stringify(recordHead(run)).slice(0, -1)},"frames":[`;
  let separator = '\n';
  for (const frame of run.frames) {
    const evaluation = run.evaluations?.get(frame.step);
    yield separator + JSON.stringify(recordFrame(run.layout, frame, evaluation));
    separator = ',\n';
  }
  yield ']}\n';
}
