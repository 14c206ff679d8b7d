import { alike, spanOf, type Span } from '../../plot/span';
import type { LaneId, Scope } from '../../runs/state';
import { drawnLayers, fractionAxis, lanesOnShow } from './lanes';

type Shown = Pick<Scope, 'view' | 'lanes' | 'recordings'>;

/** The depth of a lane beside that of the axis; null where marks are numbers of layers for all. */
function depthsOf(scope: Shown, id: LaneId) {
  const axis = fractionAxis(scope);
  const lane = lanesOnShow(scope).find((one) => one.id === id);
  return axis && lane ? { axis, own: drawnLayers(lane) } : null;
}

/** The mark that stands for a layer of a lane. */
export function markOf(scope: Shown, id: LaneId, layer: number): Span {
  const depths = depthsOf(scope, id);
  return spanOf(depths ? alike(layer, depths.axis, depths.own) : layer);
}

/** The layer of a lane that stands under a mark. */
export function layerUnder(scope: Shown, id: LaneId, mark: number): number {
  const depths = depthsOf(scope, id);
  return depths ? alike(mark, depths.own, depths.axis) : mark;
}
