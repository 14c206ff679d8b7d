import { norms, type NormId } from '../../config/norms';
import { normsOf, placements, type PlacementId } from '../../config/placements';
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
const HEIGHT = 58;

/** What is drawn: both sublayers of a block, or one update for both where there is little room. */
const WHOLE = [
  { text: 'attention', rounded: true },
  { text: 'MLP', rounded: false },
];
const ONE = [{ text: 'f', rounded: true }];

const normText = (placement: PlacementId, norm: NormId): string => {
  if (normsOf(placement).length === 0) return 'no N in the block';
  return `N is ${norm === 'none' ? 'the identity' : norms[norm].label}`;
};

interface BlockFigureProps {
  id: LaneId;
  name: string;
  layer: number | null;
  /** One update instead of the block. */
  compact: boolean;
  /** The equation alone below the drawing. */
  terse: boolean;
}

/** One block of a lane, drawn large, with the equation of its residual update. */
export function BlockFigure({ id, name, layer, compact, terse }: BlockFigureProps) {
  const placement = useLane(id, (lane) => lane.config.placement);
  const norm = useLane(id, (lane) => lane.config.norm);
  if (!placement || !norm) return null;
  const graph = placementGraph(placement);
  const updates = compact ? ONE : WHOLE;
  const width = updates.length * CELL.width + 2 * END;
  return (
    <figure className="st-figure" style={laneStyle(id)}>
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} aria-hidden="true">
        <path className="st-stream" d={`M0 ${CELL.stream}H${width - 5}`} />
        <path className="st-arrow" d={`M${width - 7} ${CELL.stream - 3.5}l6 3.5-6 3.5z`} />
        {updates.map(({ text, rounded }, i) => (
          <Update
            key={text}
            {...{ graph, text, rounded }}
            cell={CELL}
            x={END + i * CELL.width}
            box={20}
            branch
            mark={15}
            normText="N"
          />
        ))}
      </svg>
      <figcaption>
        <span className="st-caption">
          <LaneMark id={id} />
          {terse ? (
            <Formula tex={placements[placement].formula ?? ''} />
          ) : (
            <>
              <span className="st-caption-name">{name}</span>
              {layer !== null && <span className="st-soft">layer {layer}</span>}
            </>
          )}
        </span>
        {!terse && <Formula tex={placements[placement].formula ?? ''} />}
        {!terse && <span className="st-soft">{normText(placement, norm)}</span>}
      </figcaption>
    </figure>
  );
}
