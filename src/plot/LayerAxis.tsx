import { memo } from 'react';
import { EMBED, labelledLayers, type DepthScale } from './depth';
import { Flag } from './Flag';
import { axisHeight, TEXT } from './layout';
import { cutSpan, onlyLayer, type Span } from './span';

interface Marks {
  /** The layer under the pointer, and those that stay marked. */
  hovered: number | null;
  selected: Span | null;
}

interface AxisProps extends Marks {
  depth: DepthScale;
  /** Size of the text, in pixels. */
  text?: number;
}

/** The layers' numbers by themselves, for all plots above them. */
export function LayerAxis({ depth, text = TEXT, hovered, selected }: AxisProps) {
  const cut = cutSpan(selected, depth.n_layers);
  const marked = hovered !== null && hovered < depth.n_layers ? hovered : onlyLayer(cut);
  return (
    <div className="plot layer-axis" aria-hidden="true">
      <svg width={depth.width} height={axisHeight(text)}>
        <LayerTicks {...{ depth, marked }} selected={cut} y={text + 4} size={text} />
      </svg>
    </div>
  );
}

interface TicksProps {
  depth: DepthScale;
  marked: number | null;
  selected: Span | null;
  /** Baseline. */
  y: number;
  size: number;
}

/** Names of the columns; those that are marked stand out, and what is next to them makes room. */
export const LayerTicks = memo(function LayerTicks(props: TicksProps) {
  const { depth, marked, selected, y, size } = props;
  const ends = selected ? [...new Set([selected.from, selected.to])] : [];
  const flags = [...new Set([...ends, ...(marked === null ? [] : [marked])])];
  const isCovered = (layer: number) =>
    flags.some((flag) => Math.abs(flag - layer) * depth.column < size * 1.9);
  return (
    <g className="depth-ticks">
      {depth.column >= size * 3.2 && (
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
          x={depth.x(layer)}
          name={String(layer)}
          isSelected={ends.includes(layer)}
          {...{ y, size }}
        />
      ))}
    </g>
  );
});
