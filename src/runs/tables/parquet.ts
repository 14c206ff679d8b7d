import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Row } from './row';

/** Bytes of numbers that make a group of rows: what is held back before it is written. */
const GROUP = 32e6;
/** Fewest rows of a group: every column of it has an entry in the file's foot. */
const FEWEST = 128;

/** Gives away what was written so far, so that a file is never held whole. */
class PieceWriter extends ByteWriter {
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.getBytes().slice() as Uint8Array<ArrayBuffer>;
    this.index = 0;
    return bytes;
  }
}

/**
 * A history table as a Parquet file, in pieces: a column `step` of 32-bit integers and one of 32-bit floats for every
 * name, all of them required. What is not defined is NaN.
 *
 * @param metadata JSON, under the key `normscope`
 * @param group bytes of numbers that are held back
 */
export function createParquetWriter(
  names: readonly string[],
  metadata: string,
  take: (piece: Uint8Array<ArrayBuffer>) => void,
  group = GROUP,
) {
  const writer = new PieceWriter();
  const columns = ['step', ...names];
  const parquet = new ParquetWriter({
    writer,
    schema: [
      { name: 'history', num_children: columns.length },
      ...columns.map((name) => ({
        name,
        type: name === 'step' ? ('INT32' as const) : ('FLOAT' as const),
        repetition_type: 'REQUIRED' as const,
      })),
    ],
    statistics: false,
    kvMetadata: [{ key: 'normscope', value: metadata }],
    createdBy: 'Normscope',
  });
  const most = Math.max(FEWEST, Math.floor(group / 4 / columns.length));
  let rows: Row[] = [];
  const write = () => {
    if (rows.length === 0) return;
    const numbers = names.map((name, column) => ({
      ...{ name, type: 'FLOAT' as const, nullable: false },
      data: Float32Array.from(rows, ({ values }) => values[column]!),
    }));
    const step = { name: 'step', type: 'INT32' as const, nullable: false };
    void parquet.write({
      columnData: [{ ...step, data: Int32Array.from(rows, (row) => row.step) }, ...numbers].map(
        (column) => ({ ...column, encoding: 'PLAIN' as const, offsetIndex: false }),
      ),
      rowGroupSize: rows.length,
    });
    rows = [];
    take(writer.take());
  };
  return {
    add(row: Row): void {
      rows.push(row);
      if (rows.length === most) write();
    },
    finish(): void {
      write();
      void parquet.finish();
      take(writer.take());
    },
  };
}
