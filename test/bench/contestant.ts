import type { AdapterReport } from './adapter';
import type { Totals } from './instruments';
import type { EngineId, HostedEngine, Row } from './row';
import type { Sample } from './sample';
import type { Size } from './sizes';

/** An engine that takes part, wherever it runs. */
export interface Contestant {
  engine: EngineId;
  statistics: boolean;
  /** @returns what is to be said of it in its row */
  open(): Promise<Pick<Row, 'device' | 'rows'>>;
  /** Makes that many steps, one after the other. */
  steps(count: number): Promise<Sample[]>;
  /** Present state, where it can be told. */
  totals(): Promise<Totals | undefined>;
  /** Ends it, whatever it is at; also where it was never opened, and twice. */
  close(): Promise<void>;
}

/** Host of the engines that are written in JavaScript. */
export interface Host {
  adapter: AdapterReport;
  /** An engine by itself, in a worker or process. */
  contestant(engine: HostedEngine, statistics: boolean, size: Size): Contestant;
  close(): Promise<void>;
}

/** A machine on which nothing can be measured; the message says in a line what is missing. */
export class NoAdapter extends Error {
  override name = 'NoAdapter';
}
