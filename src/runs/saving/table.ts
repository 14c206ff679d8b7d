import type { Layout } from '../../protocol/frame';
import { historyMetadata, type RecordHead } from '../record';
import { segmentsOf } from '../sessions/chunks';
import type { Chunk } from '../sessions/format';
import type { Segment } from '../run';
import { createTableWriter, type TableForm } from '../tables/history';

/** A table that is to be written, but for its rows. */
export interface TableOutline {
  form: TableForm;
  /** The head of the run's record, which becomes the metadata. */
  head: RecordHead;
  /** Of all models that the run has had, in their order. */
  layouts: Layout[];
  evaluates: boolean;
}

/** Gives segments of chunks that come one after the other. */
export function segmentsAsTheyCome(take: (segment: Segment) => void) {
  let begins: Chunk['begins'];
  return (chunk: Chunk): void => {
    begins = chunk.begins ?? begins!;
    segmentsOf([{ ...chunk, begins }]).forEach(take);
  };
}

export function createTable(
  { form, head, layouts, evaluates }: TableOutline,
  take: (piece: Uint8Array<ArrayBuffer>) => void,
) {
  const models = layouts.map((layout) => ({ layout }));
  const options = { evaluates, metadata: historyMetadata(head) };
  const writer = createTableWriter(form, models, options, take);
  return { add: segmentsAsTheyCome(writer.add), finish: writer.finish };
}
