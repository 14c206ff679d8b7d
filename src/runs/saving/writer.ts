import { aligner } from '../align';
import { frameText } from '../record';
import { createRunFileWriter, type RunFileOutline } from '../runFile/write';
import type { Segment } from '../run';
import type { Chunk } from '../sessions/format';
import { createPieces } from './pieces';
import { createTable, segmentsAsTheyCome, type TableOutline } from './table';

/** A record that is to be written, but for its frames; it is told in the last of its layouts. */
export type RecordOutline = Omit<TableOutline, 'form'> & { form: 'record' };

/** A file that is to be written, but for the frames that come. */
export type Outline = RecordOutline | TableOutline | RunFileOutline;

/** Takes frames of a lane as they come, lane after lane. */
export interface Writer {
  add(chunk: Chunk, lane: number): void;
  finish(): Blob;
}

function createRecord({ head, layouts }: RecordOutline, take: (piece: string) => void) {
  const layout = layouts.at(-1)!;
  take(`${JSON.stringify(head).slice(0, -1)},"frames":[`);
  let separator = '\n';
  const add = ({ layout: from, frames, evaluations }: Segment) => {
    const align = aligner(from, layout);
    for (const frame of frames) {
      const own = evaluations.get(frame.step);
      const evaluation = own && { ...own, frame: align(own.frame) };
      take(separator + frameText(layout, align(frame), evaluation));
      separator = ',\n';
    }
  };
  return { add: segmentsAsTheyCome(add), finish: () => take(']}\n') };
}

export function createWriter(outline: Outline): Writer {
  if (outline.form === 'runs') return createRunFileWriter(outline);
  const pieces = createPieces();
  const { add, finish } =
    outline.form === 'record'
      ? createRecord(outline, pieces.add)
      : createTable(outline, pieces.add);
  return {
    add,
    finish() {
      finish();
      return pieces.blob();
    },
  };
}
