import type { Segment } from '../run';
import { namesOf, rowsFor } from './columns';
import { csvHead, csvLine } from './csv';
import { createParquetWriter } from './parquet';
import type { Row } from './row';

/** The forms of a history table, which are the endings of its file's name. */
export const TABLE_FORMS = ['parquet', 'csv'] as const;
export type TableForm = (typeof TABLE_FORMS)[number];

type Piece = Uint8Array<ArrayBuffer>;

const WRITERS: Record<
  TableForm,
  (
    names: readonly string[],
    metadata: string,
    take: (piece: Piece) => void,
  ) => { add(row: Row): void; finish(): void }
> = {
  parquet: createParquetWriter,
  csv(names, _, take) {
    const encoder = new TextEncoder();
    take(encoder.encode(csvHead(names)));
    return { add: (row) => take(encoder.encode(csvLine(row))), finish: () => undefined };
  },
};

/** Writes a history table of segments as their frames come. */
export function createTableWriter(
  form: TableForm,
  models: readonly Pick<Segment, 'layout'>[],
  { evaluates, metadata }: { evaluates: boolean; metadata: object },
  take: (piece: Piece) => void,
) {
  const names = namesOf(models, evaluates);
  const rowOf = rowsFor(names);
  const writer = WRITERS[form](names, JSON.stringify(metadata), take);
  return {
    add({ layout, frames, evaluations }: Pick<Segment, 'layout' | 'frames' | 'evaluations'>): void {
      for (const frame of frames) {
        const { step } = frame;
        writer.add({ step, values: rowOf(layout, frame, evaluations.get(step)) });
      }
    },
    finish: () => writer.finish(),
  };
}

/** A whole run as a history table, in pieces. */
export function* historyPieces(
  form: TableForm,
  segments: readonly Segment[],
  metadata: object,
): Generator<Piece> {
  let pieces: Piece[] = [];
  const evaluates = segments.some(({ evaluations }) => evaluations.size > 0);
  const writer = createTableWriter(form, segments, { evaluates, metadata }, (piece) =>
    pieces.push(piece),
  );
  const taken = () => {
    const all = pieces;
    pieces = [];
    return all;
  };
  for (const segment of segments) {
    writer.add(segment);
    yield* taken();
  }
  writer.finish();
  yield* taken();
}
