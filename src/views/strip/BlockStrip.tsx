import { useMemo, type CSSProperties, type KeyboardEvent } from 'react';
import { laneNames } from '../../config/naming';
import { valueLabel } from '../../config/naming';
import { depthScale } from '../../plot/depth';
import { DepthLines } from '../../plot/Graticule';
import { steppedTo } from '../../plot/keys';
import { useWidth } from '../../plot/useWidth';
import { hasFinalNorm } from '../../config/placements';
import { useConfigs, useLaneIds } from '../lanes/useLane';
import { useActions, useScope } from '../scope';
import { BlockFigure } from './BlockFigure';
import { rowStyle, StackRow } from './StackRow';
import './strip.css';

/** From here up all lanes’ blocks stand side by side. */
const WIDE = 720;
/** A lane’s share of the width in which both sublayers and the equation have room. */
const ROOM_FOR_BLOCK = 400;

function Band({
  layer,
  depth,
  className,
}: {
  layer: number | null;
  depth: ReturnType<typeof depthScale>;
  className: string;
}) {
  if (layer === null || layer >= depth.n_layers) return null;
  return (
    <rect
      className={className}
      x={depth.x(layer) - depth.column / 2}
      width={depth.column}
      y={0}
      height="100%"
    />
  );
}

/** The blocks that are really running, one column per layer in line with the panels below. */
export function BlockStrip() {
  const [attach, width] = useWidth();
  const ids = useLaneIds();
  const configs = useConfigs();
  const hovered = useScope((s) => s.hovered);
  const selected = useScope((s) => s.selected);
  const { hover, select } = useActions();
  const names = laneNames(configs);
  const n_layers = Math.max(1, ...configs.map((c) => c.n_layers));
  const depth = useMemo(() => depthScale(n_layers, width), [n_layers, width]);
  const row = rowStyle(depth, ids.length).height;
  const columns = width >= WIDE ? ids.length : Math.min(2, ids.length);
  const compact = width / columns < ROOM_FOR_BLOCK;
  const terse = ids.length > 2;
  const marked = hovered ?? selected;

  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = steppedTo(event.key, selected ?? hovered, n_layers - 1);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    hover(null);
    select(to);
  };
  const layerUnder = (event: { clientX: number; currentTarget: Element }) =>
    depth.layerAt(event.clientX - event.currentTarget.getBoundingClientRect().left);

  return (
    <section className="st" aria-label="The stack">
      <div className="st-figures" style={{ '--columns': columns } as CSSProperties}>
        {ids.map((id, i) => (
          <BlockFigure
            key={id}
            id={id}
            name={names[i]!}
            layer={marked}
            compact={compact}
            terse={terse}
          />
        ))}
      </div>
      <div
        ref={attach}
        className="st-stack"
        role="slider"
        tabIndex={0}
        aria-label="The stack: layer"
        aria-valuemin={0}
        aria-valuemax={n_layers - 1}
        aria-valuenow={marked ?? 0}
        aria-valuetext={
          marked === null
            ? 'no layer marked'
            : `layer ${marked}: ${configs.map((c) => valueLabel('placement', c.placement)).join(', ')}`
        }
        onKeyDown={pressed}
        onPointerMove={(event) => {
          const layer = layerUnder(event);
          if (layer !== hovered) hover(layer);
        }}
        onPointerLeave={() => hover(null)}
        onClick={(event) => {
          const layer = layerUnder(event);
          select(layer === selected ? null : layer);
        }}
      >
        {width > 0 && (
          <svg width={width} height={ids.length * row} aria-hidden="true">
            <DepthLines n_layers={n_layers} width={width} top={0} bottom="100%" />
            <Band layer={selected} depth={depth} className="st-selected" />
            <Band layer={hovered} depth={depth} className="st-hovered" />
            {ids.map((id, i) => (
              <StackRow
                key={id}
                {...{ id, depth }}
                lanes={ids.length}
                name={names[i]!}
                placement={configs[i]!.placement}
                finalNorm={hasFinalNorm(configs[i]!)}
                n_layers={configs[i]!.n_layers}
                y={i * row}
              />
            ))}
          </svg>
        )}
      </div>
    </section>
  );
}
