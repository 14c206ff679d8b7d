import type { DeviceReport } from '../protocol/engine';
import type { Evaluation } from '../protocol/evaluation';
import type { Measurement, PackedFrame } from '../protocol/frame';

/** Frames measured with one configuration: a setting changed under training begins another segment. */
export interface Segment extends Omit<Measurement, 'frame'> {
  device: DeviceReport;
  frames: PackedFrame[];
  /** Of frames that have one, by step. */
  evaluations: Map<number, Evaluation>;
}
