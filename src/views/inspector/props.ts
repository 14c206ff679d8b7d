import type { ComponentType } from 'react';
import type { Config } from '../../config/fields';
import type { Looking, Readings, ViewId } from '../../inspect/readings';
import type { LaneId } from '../../runs/laneId';

/** A lane whose tensors are read: in the order of a reading’s entries. */
export interface InspectedLane {
  id: LaneId;
  name: string;
  config: Config;
  /** The text of each symbol, by number; empty without tokens. */
  vocabulary: readonly string[];
  /** By block, as the frame on show has them: rms after over rms before, and the gradient’s before over after. */
  gains?: { forward: readonly number[]; backward: readonly number[] } | null;
  /** Its remark says why nothing of it is read. */
  isToldApart?: boolean;
  /** The factor of gradients when they were rounded; 1 unless said. */
  lossScale?: number;
}

export interface ViewProps<V extends ViewId> {
  reading: Readings[V];
  lanes: readonly InspectedLane[];
  looking: Looking;
  /** The lane of what shows one alone. */
  lane: LaneId;
  look(change: Partial<Looking> & { lane?: LaneId }): void;
}

/** A view as the inspector mounts it. */
export interface InspectorView<V extends ViewId> {
  label: string;
  title: string;
  about: { formula?: string; note: string; source?: string };
  Body: ComponentType<ViewProps<V>>;
  /** The view in words. */
  tell(reading: Readings[V], lanes: readonly InspectedLane[], looking: Looking): string;
}
