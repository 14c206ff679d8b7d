import { memo } from 'react';
import type { PlacementId } from '../../config/placements';
import { EMBED, type DepthScale } from '../../plot/depth';
import { ellipsized } from '../../plot/labels';
import { markPath, MARKS } from '../../plot/marks';
import { LANE_IDS, type LaneId } from '../../runs/state';
import { laneStyle } from '../ui/laneStyle';
import { detailOf, type Detail } from './geometry';
import { placementGraph } from './graph';
import { Update } from './Update';

/** Height of a row by what is drawn in it, and how large. */
interface RowStyle {
  height: number;
  stream: number;
  branch: number;
  box: number | null;
  mark: number;
  /** Updates drawn in a column: both sublayers, or one that stands for both. */
  cells: 1 | 2;
  drawsBranch: boolean;
}

const STYLES: Record<Detail, RowStyle> = {
  boxes: { height: 38, stream: 29, branch: 10, box: 11, mark: 8, cells: 2, drawsBranch: true },
  arches: { height: 34, stream: 26, branch: 9, box: null, mark: 7, cells: 2, drawsBranch: true },
  block: { height: 30, stream: 22, branch: 8, box: null, mark: 6, cells: 1, drawsBranch: true },
  mark: { height: 26, stream: 18, branch: 4, box: null, mark: 3.5, cells: 1, drawsBranch: false },
};

/** The same with little height, where many lanes share it. */
const LOW: Record<Detail, RowStyle> = {
  ...STYLES,
  boxes: { ...STYLES.boxes, height: 30, stream: 23, branch: 8, box: 9, mark: 7 },
  arches: { ...STYLES.arches, height: 28, stream: 22, branch: 7 },
};

export const rowStyle = ({ column }: DepthScale, lanes: number): RowStyle =>
  (lanes > 2 ? LOW : STYLES)[detailOf(column)];

interface StackRowProps {
  /** How many rows there are. */
  lanes: number;
  id: LaneId;
  name: string;
  placement: PlacementId;
  finalNorm: boolean;
  n_layers: number;
  depth: DepthScale;
  y: number;
}

/** The whole stack of one lane: the stream from the embedding to the logits, a column for every block. */
export const StackRow = memo(function StackRow(props: StackRowProps) {
  const { id, name, placement, finalNorm, n_layers, depth, y, lanes } = props;
  const { stream, branch, box, mark, cells, drawsBranch } = rowStyle(depth, lanes);
  const graph = placementGraph(placement);
  const { column } = depth;
  const cell = { width: column / cells, stream, branch };
  const start = depth.x(EMBED);
  const blocksEnd = depth.x(n_layers) - column / 2;
  const end = Math.min(blocksEnd + Math.max(16, Math.min(column / 2, 34)), depth.right + 6);
  const starts = Array.from(
    { length: n_layers * cells },
    (_, i) => depth.x(0) + (i / cells - 0.5) * column,
  );
  return (
    <g className="st-row" transform={`translate(0 ${y})`} style={laneStyle(id)}>
      <path className="st-stream" d={`M${start} ${stream}H${end - 4}`} />
      <path className="st-arrow" d={`M${end - 5} ${stream - 3}l5 3-5 3z`} />
      <path className="st-lane" d={markPath(MARKS[LANE_IDS.indexOf(id)]!, start, stream, 4)} />
      {starts.map((x, i) => (
        <Update
          key={i}
          {...{ graph, cell, x, box, mark }}
          branch={drawsBranch}
          rounded={i % cells === 0}
        />
      ))}
      <rect
        className="st-norm st-final"
        data-absent={!finalNorm || undefined}
        x={(blocksEnd + end - 5) / 2 - mark / 2}
        y={stream - mark / 2}
        width={mark}
        height={mark}
        rx={mark / 5}
      />
      <text className="st-name" x={depth.right + 8} y={stream} dy="0.35em">
        {ellipsized(name, depth.width - depth.right - 12, 12)}
      </text>
    </g>
  );
});
