import { aligner } from '../align';
import { frameText, type RecordHead } from '../record';
import type { Chunk } from '../sessions/format';
import { segmentsOf } from '../sessions/chunks';
import type { Segment } from '../run';
import { createTableWriter, type TableForm } from '../tables/history';
import type { Layout } from '../../protocol/frame';

/** A run that is to be a file, but for its frames. */
export interface Outline {
  form: 'record' | TableForm;
  /** What stands in a record before its frames; a table has it as metadata. */
  head: RecordHead;
  /** Of all models that the run has had, in their order; a record is told in the last one. */
  layouts: Layout[];
  evaluates: boolean;
}

type Model = Omit<Segment, 'frames' | 'evaluations'>;

/** Bytes that are kept apart before they become one piece. */
const PIECE = 8e6;

/** Puts a file together out of pieces; the browser may keep what is done on its disk. */
function createPieces() {
  let whole = new Blob();
  let pieces: (string | Uint8Array<ArrayBuffer>)[] = [];
  let size = 0;
  const join = () => {
    whole = new Blob([whole, ...pieces]);
    [pieces, size] = [[], 0];
  };
  return {
    add(piece: string | Uint8Array<ArrayBuffer>): void {
      pieces.push(piece);
      size += piece.length;
      if (size > PIECE) join();
    },
    blob(): Blob {
      join();
      return whole;
    },
  };
}

/** Writes frames, as they come, in the form of a record. */
function recordWriter({ head, layouts }: Outline, take: (piece: string) => void) {
  const layout = layouts.at(-1)!;
  take(`${JSON.stringify(head).slice(0, -1)},"frames":[`);
  let separator = '\n';
  return {
    add({ layout: from, frames, evaluations }: Segment): void {
      const align = aligner(from, layout);
      for (const frame of frames) {
        const own = evaluations.get(frame.step);
        const evaluation = own && { ...own, frame: align(own.frame) };
        take(separator + frameText(layout, align(frame), evaluation));
        separator = ',\n';
      }
    },
    finish: () => take(']}\n'),
  };
}

/** Writes one file of a run, whose chunks come in their order. */
export function createWriter(outline: Outline) {
  const { form, head, layouts, evaluates } = outline;
  const pieces = createPieces();
  const { tokens: _, sites: __, ...metadata } = head;
  const writer =
    form === 'record'
      ? recordWriter(outline, pieces.add)
      : createTableWriter(
          form,
          layouts.map((layout) => ({ layout })),
          { evaluates, metadata: { ...metadata, format: 'normscope-history' } },
          pieces.add,
        );
  let model: Model | null = null;
  return {
    add(chunk: Chunk): void {
      model = chunk.begins ?? model;
      const [segment] = segmentsOf([{ ...chunk, begins: model! }]);
      if (segment) writer.add(segment);
    },
    finish(): Blob {
      writer.finish();
      return pieces.blob();
    },
  };
}

export type Writer = ReturnType<typeof createWriter>;
