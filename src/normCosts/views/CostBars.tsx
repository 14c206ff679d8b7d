import { median } from 'd3-array';
import { useId } from 'react';
import { norms } from '../../config/norms';
import { RaisedTspans } from '../../plot/Raised';
import { useSize } from '../../plot/useSize';
import type { NormCost } from '../protocol';
import { LaneMark } from '../../views/ui/LaneMark';
import type { NamedLane } from '../../views/panels/lanes';
import { alone, usersOf } from './read';
import { duration } from './sentences';

interface Props {
  costs: readonly NormCost[];
  lanes: readonly NamedLane[];
}

/** Bars end at so many times the middle one: what takes longer is cut, or the others could not be told apart. */
const CUT = 2.5;
/** Pixels: of a row, its bar, the bar of sum and norm below it, the names, the numbers. */
const ROW = 30;
const BAR = 11;
const THIN = 4;
const NAMES = 92;
const NUMBERS = 74;

/** A bar for each norm: forward, backward; and below it sum and norm in one kernel and in two. */
export function CostBars({ costs, lanes }: Props) {
  const titleId = useId();
  const [attach, size] = useSize();
  const totals = costs.map((cost) => alone(cost).ms);
  const longest = Math.max(...totals, ...costs.map(({ variants }) => variants.added.bothMs.median));
  const end = Math.min(longest, CUT * median(totals)!);
  const width = size?.width ?? 0;
  const room = Math.max(40, width - NAMES - NUMBERS);
  const x = (ms: number) => Math.max(0, Math.min(room, (ms / end) * room));
  return (
    <figure className="nc-bars" aria-labelledby={titleId}>
      <div className="nc-head">
        <h3 id={titleId}>time of a norm</h3>
        <span className="nc-key" aria-hidden="true">
          <i className="forward" /> forward
          <i className="backward" /> backward
          <i className="fused" /> sum and norm, one kernel
          <i className="saved" /> saved by it
        </span>
      </div>
      <div ref={attach}>
        {size && (
          <svg
            className="nc-bars-plot"
            width={width}
            height={costs.length * ROW}
            role="img"
            aria-label="The times of the table, as bars"
          >
            {costs.map((cost, row) => (
              <Bar
                key={cost.norm}
                cost={cost}
                y={row * ROW}
                x={x}
                isCut={alone(cost).ms > end}
                users={usersOf(cost.norm, lanes)}
              />
            ))}
          </svg>
        )}
      </div>
    </figure>
  );
}

interface BarProps {
  cost: NormCost;
  y: number;
  x(ms: number): number;
  isCut: boolean;
  users: readonly NamedLane[];
}

function Bar({ cost, y, x, isCut, users }: BarProps) {
  const { label } = norms[cost.norm];
  const { added, fused } = cost.variants;
  const { ms } = alone(cost);
  const [first, whole] = [x(cost.variants.alone.forward.ms.median), x(ms)];
  const [one, two] = [x(fused?.bothMs.median ?? 0), x(added.bothMs.median)];
  const text = duration(ms);
  return (
    <g transform={`translate(0 ${y})`} className={users.length ? 'used' : undefined}>
      <title>{`${label}: ${text}, with the residual sum ${duration(added.bothMs.median)}`}</title>
      <text className="name" x={0} y={5 + BAR / 2} dy="0.35em">
        {label}
      </text>
      {users.map(({ lane }, i) => (
        <g key={lane.id} transform={`translate(${NAMES - 16 - 12 * i} ${BAR / 2 - 1})`}>
          <LaneMark id={lane.id} size={11} />
        </g>
      ))}
      <g transform={`translate(${NAMES} 5)`}>
        <rect className="forward" width={first} height={BAR} />
        <rect className="backward" x={first} width={Math.max(0, whole - first)} height={BAR} />
        {isCut && (
          <path className="cut" d={`M${whole - 8},${BAR + 2}l4,${-BAR - 4}m3,0l-4,${BAR + 4}`} />
        )}
        {fused && (
          <g transform={`translate(0 ${BAR + 2})`}>
            <rect className="fused" width={one} height={THIN} />
            <rect
              className="saved"
              x={one}
              y={0.5}
              width={Math.max(0, two - one)}
              height={THIN - 1}
            />
          </g>
        )}
        <text className="number" x={whole + 6} y={BAR / 2} dy="0.35em">
          <RaisedTspans text={text} />
        </text>
      </g>
    </g>
  );
}
