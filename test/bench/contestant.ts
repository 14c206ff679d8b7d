import type { EngineId } from './row';
import type { Sample } from './sample';

/** An engine that takes part, wherever it runs. */
export interface Contestant {
  engine: EngineId;
  statistics: boolean;
  open(): Promise<void>;
  /** Makes that many steps, one after the other. */
  steps(count: number): Promise<Sample[]>;
  /** What the device holds now, where that can be told. */
  deviceBytes(): Promise<number | undefined>;
  close(): Promise<void>;
}
