import { Zip, ZipPassThrough } from 'fflate';
import type { Chunk } from '../sessions/format';
import { createPieces } from '../saving/pieces';
import { createTable, segmentsAsTheyCome, type TableOutline } from '../saving/table';
import { createBeside } from './beside';

/** A run file, but for the frames of its lanes. */
export interface RunFileOutline {
  form: 'runs';
  /** Whole files, of which the first is read first. */
  files: { name: string; content: string | Uint8Array<ArrayBuffer> }[];
  /** A table for each lane, in the order in which their frames come. */
  tables: { name: string; beside: string; table: TableOutline }[];
}

/**
 * A zip file, written as it comes. Nothing in it is compressed again: numbers hardly shrink, and a table is compressed
 * in itself.
 */
export function createRunFileWriter({ files, tables }: RunFileOutline) {
  const pieces = createPieces();
  let failed: Error | null = null;
  const zip = new Zip((error, data) => {
    failed ??= error;
    pieces.add(data as Uint8Array<ArrayBuffer>);
  });
  const open = (name: string) => {
    const entry = new ZipPassThrough(name);
    zip.add(entry);
    return entry;
  };
  for (const { name, content } of files) {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    open(name).push(bytes, true);
  }
  let at = -1;
  let end: () => void = () => undefined;
  let add: (chunk: Chunk) => void = () => undefined;
  /** Begins the next lane's table, after which all of its record follows that is in no table. */
  const next = () => {
    end();
    at++;
    const { name, beside, table: outline } = tables[at]!;
    const entry = open(name);
    const table = createTable(outline, (piece) => entry.push(piece));
    const rest = createBeside();
    let model = -1;
    const addRest = segmentsAsTheyCome((segment) => rest.add(model, segment));
    add = (chunk) => {
      if (chunk.begins) model++;
      addRest(chunk);
      table.add(chunk);
    };
    end = () => {
      table.finish();
      entry.push(new Uint8Array(), true);
      const bytes = rest.finish();
      if (bytes) open(beside).push(bytes, true);
    };
  };
  return {
    /** Frames of a lane, none of which come before those of an earlier lane. */
    add(chunk: Chunk, lane: number): void {
      while (at < lane) next();
      add(chunk);
    },
    finish(): Blob {
      while (at < tables.length - 1) next();
      end();
      zip.end();
      if (failed) throw failed;
      return pieces.blob();
    },
  };
}
