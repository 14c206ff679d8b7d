import { unzipSync } from 'fflate';
import { parquetMetadata, parquetRead } from 'hyparquet';
import { frameOffsets, type PackedFrame } from '../../protocol/frame';
import { columnsOf } from '../tables/columns';
import { megabytes } from '../text';
import { besideIn } from './beside';
import {
  FORMAT,
  isSweep,
  PLACES,
  VERSION,
  type OpenedRuns,
  type RunHead,
  type StoredLane,
} from './format';

/** The largest run file that is read, in bytes: it is held whole while it is. */
const LARGEST = 1e9;

function headIn(files: Record<string, Uint8Array>): RunHead {
  const bytes = files[PLACES.head];
  if (!bytes) throw new Error(`It has no ${PLACES.head}: it is another zip file.`);
  let head: Partial<RunHead>;
  try {
    head = JSON.parse(new TextDecoder().decode(bytes)) as Partial<RunHead>;
  } catch (error) {
    throw new Error(`Its ${PLACES.head} is not valid JSON: ${(error as Error).message}`);
  }
  if (head.format !== FORMAT)
    throw new Error(`Its ${PLACES.head} is not that of a run file: format is not “${FORMAT}”.`);
  if (head.version !== VERSION)
    throw new Error(
      `It is of version ${String(head.version)} of the format; this page reads version ${VERSION}.`,
    );
  if (!Array.isArray(head.lanes) || head.lanes.length === 0) throw new Error('It has no lanes.');
  return head as RunHead;
}

type LaneRecord = OpenedRuns['lanes'][number]['record'];

/** The record of a lane, model by model; without batches and evaluations where there is no file of these. */
async function recordOf(
  lane: StoredLane,
  table: Uint8Array,
  beside: Uint8Array | undefined,
): Promise<LaneRecord> {
  const file = table.slice().buffer;
  const metadata = parquetMetadata(file);
  const all = Number(metadata.num_rows);
  if (all !== lane.models.reduce((sum, { steps }) => sum + steps, 0))
    throw new Error(`The table of lane ${lane.id.toUpperCase()} has another number of rows.`);
  const frames: PackedFrame[] = [];
  /** Where each column of a model is in its frames. */
  const placesOf = lane.models.map(
    ({ layout }) => new Map(columnsOf(layout, false).map(({ name, at }) => [name, at])),
  );
  const models = lane.models.flatMap(({ steps }, model) =>
    Array.from({ length: steps }, () => model),
  );
  for (const model of models) {
    const { size } = frameOffsets(lane.models[model]!.layout);
    frames.push({ step: 0, batch: null, packed: new Float32Array(size).fill(NaN) });
  }
  await parquetRead({
    file,
    metadata,
    onChunk({ columnName, columnData, rowStart }) {
      for (let i = 0; i < columnData.length; i++) {
        const row = rowStart + i;
        const value = columnData[i] as number;
        if (columnName === 'step') frames[row]!.step = value;
        const at = placesOf[models[row]!]!.get(columnName);
        if (at !== undefined) frames[row]!.packed[at] = value;
      }
    },
  });
  let from = 0;
  const besideOf = beside && besideIn(beside);
  return lane.models.map(({ steps }, model) => {
    const { batches, evaluations } = besideOf?.(model) ?? {};
    return {
      frames: frames
        .slice(from, (from += steps))
        .map((frame) => ({ ...frame, batch: batches?.get(frame.step) ?? null })),
      evaluations: evaluations ?? new Map(),
    };
  });
}

/** A run file, whole. What is wrong with it is said by an error. */
export async function readRunFile(file: Blob, tell: (share: number) => void): Promise<OpenedRuns> {
  if (file.size > LARGEST)
    throw new Error(`It has ${megabytes(file.size)}; at most ${LARGEST / 1e6} MB are read.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch {
    throw new Error('It is cut off or broken: the list of what is in it cannot be read.');
  }
  const head = headIn(files);
  const fileOf = (name: string): Uint8Array => {
    const found = files[name];
    if (!found) throw new Error(`It is without ${name}.`);
    return found;
  };
  const lanes: OpenedRuns['lanes'] = [];
  for (const lane of head.lanes) {
    tell(lanes.length / head.lanes.length);
    lanes.push({
      record: await recordOf(lane, fileOf(PLACES.history(lane.id)), files[PLACES.beside(lane.id)]),
      checkpoint: lane.checkpoint
        ? (fileOf(PLACES.checkpoint(lane.id)).slice() as Uint8Array<ArrayBuffer>)
        : null,
    });
  }
  const text = head.text === null ? null : new TextDecoder().decode(fileOf(PLACES.text));
  const sweeps = Object.keys(files)
    .filter(isSweep)
    .map((name) => new TextDecoder().decode(files[name]));
  return { head, text, lanes, sweeps };
}
