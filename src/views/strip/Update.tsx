import { memo, type CSSProperties } from 'react';
import type { Sublayer } from '../../config/blockSites';
import type { Action } from '../../config/interventions';
import { ActionGlyph } from './ActionGlyph';
import type { UpdateGraph } from './graph';
import {
  linesOf,
  markPoints,
  PLACED_MARKS,
  SCALE_MARKS,
  type Cell,
  type MarkName,
  type Point,
} from './geometry';

/** Which norm stands in an update: the lane's own, another one, or the identity. */
export type NormLook = 'own' | 'other' | 'identity';

interface UpdateProps {
  graph: UpdateGraph;
  cell: Cell;
  /** Of the stack; the drawing of one block alone has none. */
  layer?: number;
  x: number;
  /** The sublayer on each rail of the cell: attention has round boxes. */
  sublayers: readonly Sublayer[];
  /** Height of the box of f, or null where there is room for the line alone. */
  box: number | null;
  branch: boolean;
  texts?: readonly string[];
  lettered?: boolean;
  acts?: Partial<Record<Sublayer, Action['kind']>>;
  mark: number;
  look: NormLook;
  /** Height of the second stream, which every branch is added to as well. */
  second?: number;
}

const path = (points: Point[]) => points.map(({ x, y }, i) => `${i ? 'L' : 'M'}${x} ${y}`).join('');
const place = ({ x, y }: Point): CSSProperties => ({ transform: `translate(${x}px, ${y}px)` });

/** Where a mark waits that the placement has no use for: it comes from there, and goes back. */
const homes = ({ width, stream }: Cell): Point => ({ x: width, y: stream });

/** The letters of the equation; a residual scale is a longer expression there. */
const LETTERS: Partial<Record<MarkName, string>> = { norm: 'N', norm_out: 'N', amplify: 'α' };

/** An amplifier, as circuits draw it. */
const triangle = (size: number) =>
  `M${-size * 0.45} ${-size * 0.5}L${size * 0.6} 0l${-size * 1.05} ${size * 0.5}z`;

/**
 * One residual update: the branches with f, the add, and the marks where the placement has them. These
 * keep their identity from placement to placement, so that they glide instead of jumping.
 */
export const Update = memo(function Update(props: UpdateProps) {
  const { graph, cell, x, sublayers, box, branch, texts, lettered, acts, mark, look } = props;
  const lines = linesOf(cell);
  const points = new Map(markPoints(graph, cell).map(({ name, at }) => [name, at]));
  const { fork, add } = lines;
  // The stream is multiplied by 0: there is nothing to add to.
  const isCut = graph.skip.includes('cut');
  const plus = box === null || isCut ? 0 : Math.max(3, box * 0.28);
  const scales = lettered ? SCALE_MARKS.filter((name) => points.has(name)) : [];
  return (
    <g transform={`translate(${x} 0)`} data-layer={props.layer} data-branches={sublayers.join(' ')}>
      {isCut && <path className="st-gap" d={path([fork, add])} />}
      {props.second !== undefined && (
        <path className="st-branch" d={path([add, { x: add.x, y: props.second }])} />
      )}
      {branch &&
        lines.branches.map((points, i) => <path key={i} className="st-branch" d={path(points)} />)}
      {branch &&
        box !== null &&
        lines.boxes.map((at, i) => (
          <rect
            key={i}
            className="st-f"
            data-branch={sublayers[i]}
            x={at.x}
            y={at.y - box / 2}
            width={at.width}
            height={box}
            rx={sublayers[i] === 'attn' ? box / 2 : 1.5}
          />
        ))}
      {texts?.map((text, i) => {
        const at = lines.boxes[i]!;
        return (
          <text key={text} className="st-f-text" x={at.x + at.width / 2} y={at.y} dy="0.35em">
            {text}
          </text>
        );
      })}
      {acts &&
        box !== null &&
        sublayers.map((sublayer, i) => {
          const kind = acts[sublayer];
          const at = lines.boxes[i]!;
          return kind ? (
            <ActionGlyph
              key={sublayer}
              kind={kind}
              x={at.x + at.width / 2}
              y={at.y}
              size={box - 3}
            />
          ) : null;
        })}
      {branch && plus > 0 && (
        <>
          <circle className="st-add" cx={add.x} cy={add.y} r={plus} />
          <path
            className="st-plus"
            d={`M${add.x - plus * 0.55} ${add.y}h${plus * 1.1}M${add.x} ${add.y - plus * 0.55}v${plus * 1.1}`}
          />
        </>
      )}
      {[...PLACED_MARKS, ...scales].map((name) => {
        const at = points.get(name);
        const amplifies = name !== 'norm' && name !== 'norm_out';
        return (
          <g
            key={name}
            className={amplifies ? 'st-mark st-amplify' : 'st-mark st-norm'}
            style={place(at ?? homes(cell))}
            data-name={name}
            data-look={look}
            data-absent={!at || undefined}
          >
            {amplifies ? (
              <path
                d={triangle(name === 'amplify' ? mark * 1.1 : mark * 0.6)}
                transform={name === 'scale_f' ? 'rotate(90)' : undefined}
              />
            ) : (
              <rect x={-mark / 2} y={-mark / 2} width={mark} height={mark} rx={mark / 5} />
            )}
            {lettered && LETTERS[name] && <text dy="0.36em">{LETTERS[name]}</text>}
          </g>
        );
      })}
    </g>
  );
});
