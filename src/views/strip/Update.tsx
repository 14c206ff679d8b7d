import { memo, type CSSProperties } from 'react';
import type { UpdateGraph } from './graph';
import { linesOf, NORM_NAMES, normPoints, type Cell, type Point } from './geometry';

interface UpdateProps {
  graph: UpdateGraph;
  cell: Cell;
  /** Where the cell begins. */
  x: number;
  /** Height of the box of f, or null where there is room for the line alone. */
  box: number | null;
  /** Whether the branch is drawn at all. */
  branch: boolean;
  /** Attention or MLP: the shape of the box. */
  rounded: boolean;
  /** What stands in the box, and on every norm. */
  text?: string;
  normText?: string;
  /** Side of a norm's mark. */
  mark: number;
}

const path = (points: Point[]) => points.map(({ x, y }, i) => `${i ? 'L' : 'M'}${x} ${y}`).join('');
const place = ({ x, y }: Point): CSSProperties => ({ transform: `translate(${x}px, ${y}px)` });

/** Where a mark waits that the placement has no use for: it comes from there, and goes back. */
const homes = ({ width, stream }: Cell): Point => ({ x: width, y: stream });

/**
 * One residual update: the branch with f, the add, and the norms where the placement has them. The marks
 * keep their identity from placement to placement, so that they glide instead of jumping.
 */
export const Update = memo(function Update(props: UpdateProps) {
  const { graph, cell, x, box, branch, rounded, text, normText, mark } = props;
  const lines = linesOf(cell);
  const points = new Map(normPoints(graph, cell).map(({ name, at }) => [name, at]));
  const { add } = lines;
  const plus = box === null ? 0 : Math.max(3, box * 0.28);
  return (
    <g transform={`translate(${x} 0)`}>
      {branch && <path className="st-branch" d={path([lines.fork, lines.rise, lines.fall, add])} />}
      {branch && box !== null && (
        <rect
          className="st-f"
          x={lines.box.x}
          y={lines.box.y - box / 2}
          width={lines.box.width}
          height={box}
          rx={rounded ? box / 2 : 1.5}
        />
      )}
      {text && (
        <text
          className="st-f-text"
          x={lines.box.x + lines.box.width / 2}
          y={lines.box.y}
          dy="0.35em"
        >
          {text}
        </text>
      )}
      {branch && plus > 0 && (
        <>
          <circle className="st-add" cx={add.x} cy={add.y} r={plus} />
          <path
            className="st-plus"
            d={`M${add.x - plus * 0.55} ${add.y}h${plus * 1.1}M${add.x} ${add.y - plus * 0.55}v${plus * 1.1}`}
          />
        </>
      )}
      {NORM_NAMES.map((name) => {
        const at = points.get(name);
        return (
          <g
            key={name}
            className="st-norm"
            style={place(at ?? homes(cell))}
            data-absent={!at || undefined}
          >
            <rect x={-mark / 2} y={-mark / 2} width={mark} height={mark} rx={mark / 5} />
            {normText && <text dy="0.36em">{normText}</text>}
          </g>
        );
      })}
    </g>
  );
});
