import type { Config } from '../../config/fields';
import { laneNames } from '../../config/naming';
import { MARKS, type Mark } from '../../plot/marks';
import { drawnConfig, LANE_IDS, type Lane, type LaneId, type Scope } from '../../runs/state';
import { perObject } from '../../lib/objects';
import { rememberingLast } from '../../lib/remembering';
import type { Layout } from '../../protocol/frame';
import { useMemo, useState } from 'react';
import { shallow, useShallow } from 'zustand/shallow';
import { depthMargins, depthScale, type DepthScale } from '../../plot/depth';
import type { Size } from '../../plot/useSize';
import { useScope } from '../scope';

export const laneLook = (id: LaneId): { colour: string; mark: Mark } => ({
  colour: `var(--lane-${id})`,
  mark: MARKS[LANE_IDS.indexOf(id)]!,
});

export interface NamedLane {
  lane: Lane;
  name: string;
}

/**
 * Lanes are others at every step, their configurations hardly ever: names are found anew with these, which are the ones
 * set and the ones measured.
 */
export const namesOf = rememberingLast(3, shallow<Config[]>, laneNames);

/** The lanes with what sets each apart: a curve has the name of the configuration it was measured with. */
export function named(lanes: readonly Lane[]): NamedLane[] {
  const live = lanes.filter(({ recorded }) => !recorded);
  const names = namesOf(live.map(({ config, shown }) => shown?.config ?? config));
  return lanes.map((lane) => ({ lane, name: lane.recorded?.name ?? names[live.indexOf(lane)]! }));
}

const together = perObject((lanes: Lane[]) =>
  perObject((recordings: Scope['recordings']) => [...lanes, ...recordings]),
);
/** Everything that panels show: the lanes, and the runs that were opened beside them. */
export const lanesOnShow = ({ lanes, recordings }: Pick<Scope, 'lanes' | 'recordings'>): Lane[] =>
  recordings.length ? together(lanes)(recordings) : lanes;

/** All of a lane that panels show: while it is the same they need not be drawn again. */
const seenOf = perObject((lane: Lane): unknown[] => [
  ...[lane.id, lane.shown, lane.evaluation, lane.loss, lane.divergence, lane.events],
  ...[lane.changes, lane.recorded, lane.engine.model, isAbsent(lane), drawnLayers(lane)],
  lane.engine.status === 'failed' && lane.engine.error,
  lane.shown ? null : lane.config,
]);
const looksLike = (one: Lane[], other: Lane[]): boolean =>
  one === other ||
  (one.length === other.length && one.every((lane, i) => shallow(seenOf(lane), seenOf(other[i]!))));

/** The lanes on show: the same list while all looks the same that panels show of them. */
export function useLanesOnShow(): Lane[] {
  const [select] = useState(() => {
    let last: Lane[] = [];
    return (scope: Scope): Lane[] => {
      const now = lanesOnShow(scope);
      if (!looksLike(last, now)) last = now;
      return last;
    };
  });
  return useScope(select);
}

/** The lane that others are held against; null where none is asked for, or it is not there, or alone. */
export const baselineOf = (scope: Pick<Scope, 'view' | 'lanes' | 'recordings'>): LaneId | null => {
  const { baseline } = scope.view;
  const lanes = lanesOnShow(scope);
  return lanes.length > 1 && lanes.some(({ id }) => id === baseline) ? baseline : null;
};

/** The lane has frames, and none of the step on show. */
export const isAbsent = ({ shown, engine }: Lane): boolean =>
  shown === null && engine.latest !== null;

/**
 * Layers that the shared axis spans. Asked for and not yet built counts: the drawing of the stack
 * changes with the setting, and the panels stand under it.
 */
export const deepest = (lanes: readonly Lane[]): number => Math.max(1, ...lanes.map(drawnLayers));
export const drawnLayers = (lane: Lane): number => drawnConfig(lane).n_layers;

export const hasSeveralDepths = (lanes: readonly Lane[]): boolean =>
  new Set(lanes.map(drawnLayers)).size > 1;

/** The layers of the axis, where lanes of several depths stand on it by fraction; else undefined. */
export const fractionAxis = (
  scope: Pick<Scope, 'view' | 'lanes' | 'recordings'>,
): number | undefined => {
  const lanes = lanesOnShow(scope);
  return scope.view.depth === 'fraction' && hasSeveralDepths(lanes) ? deepest(lanes) : undefined;
};

/** The layouts of the lanes' measurements: the same array for as long as their models are the same. */
export const useLayouts = (): Layout[] =>
  useScope(
    useShallow((scope) => lanesOnShow(scope).flatMap(({ shown }) => (shown ? [shown.layout] : []))),
  );

/**
 * The columns of layers, with room beside them for the lanes' names: the same for the stack, for every panel
 * and for their axis, as long as these are of one width.
 */
export function useDepthScale(size: Pick<Size, 'width' | 'text'> | null): DepthScale {
  const { width, text } = size ?? { width: 0, text: undefined };
  const names = useScope(useShallow((scope) => named(lanesOnShow(scope)).map(({ name }) => name)));
  const n_layers = useScope((scope) => deepest(lanesOnShow(scope)));
  const isFraction = useScope((scope) => fractionAxis(scope) !== undefined);
  return useMemo(
    () => depthScale(n_layers, width, depthMargins(width, text, names), isFraction),
    [n_layers, width, text, names, isFraction],
  );
}
