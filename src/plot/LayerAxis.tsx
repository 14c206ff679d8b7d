import { memo } from 'react';
import { EMBED, labelledLayers, type DepthScale } from './depth';
import { axisHeight, TEXT } from './layout';
import { cutSpan, onlyLayer, type Span } from './span';
import { textWidth } from './labels';

interface Props {
  depth: DepthScale;
  /** The layer under the pointer, and those that stay marked. */
  hovered: number | null;
  selected: Span | null;
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
  const { n_layers, column } = depth;
  const span = cutSpan(selected, n_layers);
  const marked = hovered !== null && hovered < n_layers ? hovered : onlyLayer(span);
  const ends = span ? [...new Set([span.from, span.to])] : [];
  const flags = [...new Set([...ends, ...(marked === null ? [] : [marked])])];
  const isCovered = (layer: number) =>
    flags.some((flag) => Math.abs(flag - layer) * column < size * 1.9);
  return (
    <g className="depth-ticks">
      {column >= size * 3.2 && (
        <text className="tick soft" x={depth.x(EMBED)} y={y}>
          embed
        </text>
      )}
      {labelledLayers(depth, size * 2.2).map((layer) =>
        isCovered(layer) ? null : (
          <text key={layer} className="tick" x={depth.x(layer).toFixed(1)} y={y}>
            {layer}
          </text>
        ),
      )}
      <text className="tick soft start" x={depth.right + 8} y={y}>
        layer
      </text>
      {flags.map((layer) => (
        <Flag
          key={layer}
          {...{ x: depth.x(layer), y, size, name: String(layer), isSelected: ends.includes(layer) }}
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
