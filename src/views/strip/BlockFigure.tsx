import { placements } from '../../config/placements';
import { norms } from '../../config/norms';
import { normsOf } from '../../config/placements';
import type { LaneId } from '../../runs/state';
import { Formula } from '../Formula';
import { useLane } from '../lanes/useLane';
import { LaneMark } from '../ui/LaneMark';
import { laneStyle } from '../ui/laneStyle';
import { placementGraph } from './graph';
import type { Cell } from './geometry';
import { Update } from './Update';

const CELL: Cell = { width: 158, stream: 44, branch: 14 };
const END = 14;
const WIDTH = 2 * CELL.width + 2 * END;
const HEIGHT = 58;

/** One block of a lane, drawn large, with the equation of its residual update. */
export function BlockFigure({
  id,
  name,
  layer,
}: {
  id: LaneId;
  name: string;
  layer: number | null;
}) {
  const placement = useLane(id, (lane) => lane.config.placement);
  const norm = useLane(id, (lane) => lane.config.norm);
  if (!placement || !norm) return null;
  const graph = placementGraph(placement);
  const shared = { graph, cell: CELL, box: 20, branch: true, mark: 15, normText: 'N' };
  return (
    <figure className="st-figure" style={laneStyle(id)}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
        <path className="st-stream" d={`M0 ${CELL.stream}H${WIDTH - 5}`} />
        <path className="st-arrow" d={`M${WIDTH - 7} ${CELL.stream - 3.5}l6 3.5-6 3.5z`} />
        <Update {...shared} x={END} text="attention" />
        <Update {...shared} x={END + CELL.width} text="MLP" />
      </svg>
      <figcaption>
        <span className="st-caption">
          <LaneMark id={id} />
          <span className="st-caption-name">{name}</span>
          {layer !== null && <span className="st-soft"> layer {layer}</span>}
        </span>
        <Formula tex={placements[placement].formula ?? ''} />
        {normsOf(placement).length > 0 && (
          <span className="st-soft">
            N is {norm === 'none' ? 'the identity' : norms[norm].label}
          </span>
        )}
      </figcaption>
    </figure>
  );
}
