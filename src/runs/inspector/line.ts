import type { Looking, Reading } from '../../inspect/readings';
import { buffersOf, type Raw } from '../../protocol/raw';
import type { WorkerLike } from '../client';
import { lineTo } from '../workerLine';

/** `lanes` are left out where those of the question before are read once more. */
export interface Question {
  looking: Looking;
  lanes?: readonly (Raw | null)[];
}

/** Reads tensors away from the page’s thread. */
export interface TensorReader {
  /** The tensors are handed over; without any, those of the call before are read. */
  read(looking: Looking, lanes?: readonly (Raw | null)[]): Promise<Reading>;
  /** Ends the reading at hand, which rejects; the tensors are gone. */
  cancel(): void;
}

/** A reader in a worker. */
export function readerBehind(spawn: () => WorkerLike): TensorReader {
  const { ask, cancel } = lineTo<Question, Reading>(
    spawn,
    'The reader of tensors could not be loaded.',
  );
  return {
    read: (looking, lanes) =>
      ask(
        { looking, ...(lanes && { lanes }) },
        lanes?.flatMap((raw) => (raw ? buffersOf(raw) : [])),
      ),
    cancel,
  };
}
