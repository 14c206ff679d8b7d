import { memo } from 'react';
import { depthTicks, EMBED, percentAt, type DepthScale } from './depth';
import { axisHeight, TEXT } from './layout';
import { cutSpan, onlyLayer, type Span } from './span';
import { textWidth } from './labels';

interface Props {
  depth: DepthScale;
  /** The layer under the pointer, and those that stay marked. */
  hovered: number | null;
  selected: Span | null;
  /** The axis is named by what stands beside it. */
  isBare?: boolean;
  text?: number;
}

/** The layers' numbers by themselves, for all plots above them. */
export const LayerAxis = ({ text = TEXT, ...props }: Props) => (
  <div className="plot layer-axis" aria-hidden="true">
    <svg width={props.depth.width} height={axisHeight(text)}>
      <LayerTicks {...props} y={text + 4} size={text} />
    </svg>
  </div>
);

interface TicksProps extends Omit<Props, 'text'> {
  /** Baseline. */
  y: number;
  size: number;
}

/** Names of the columns; those that are marked stand out, and what is next to them makes room. */
export const LayerTicks = memo(function LayerTicks(props: TicksProps) {
  const { depth, hovered, selected, y, size } = props;
  const { n_layers, column, isFraction } = depth;
  const span = cutSpan(selected, n_layers);
  const marked = hovered !== null && hovered < n_layers ? hovered : onlyLayer(span);
  const ends = span ? [...new Set([span.from, span.to])] : [];
  const flags = [...new Set([...ends, ...(marked === null ? [] : [marked])])];
  const isCovered = (x: number) =>
    flags.some((flag) => Math.abs(depth.x(flag) - x) < size * (isFraction ? 3 : 1.9));
  return (
    <g className="depth-ticks">
      {column >= size * 3.2 && (
        <text className="tick soft" x={depth.x(EMBED)} y={y}>
          embed
        </text>
      )}
      {depthTicks(depth, size * 2.2).map(({ x, label }) =>
        isCovered(x) ? null : (
          <text key={label} className="tick" x={x.toFixed(1)} y={y}>
            {label}
          </text>
        ),
      )}
      {!props.isBare && (
        <text className="tick soft start" x={depth.right + 8} y={y}>
          {isFraction ? '% of depth' : 'layer'}
        </text>
      )}
      {flags.map((layer) => (
        <Flag
          key={layer}
          {...{ x: depth.x(layer), y, size, isSelected: ends.includes(layer) }}
          name={isFraction ? percentAt(layer, n_layers) : String(layer)}
        />
      ))}
    </g>
  );
});

interface FlagProps {
  x: number;
  y: number;
  name: string;
  size: number;
  isSelected?: boolean;
}

/** The name of what is marked, in the row of the axis's numbers. */
export function Flag({ x, y, name, size, isSelected = false }: FlagProps) {
  const width = Math.max(size + 8, textWidth(name, size) + 12);
  return (
    <g className={isSelected ? 'flag selected' : 'flag'}>
      <rect x={x - width / 2} y={y - size - 1} width={width} height={size + 5} rx={3} />
      <text x={x} y={y}>
        {name}
      </text>
    </g>
  );
}
