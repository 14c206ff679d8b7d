import { useMemo, type KeyboardEvent } from 'react';
import { useShallow } from 'zustand/shallow';
import { laneNames } from '../../config/naming';
import { valueLabel } from '../../config/naming';
import { depthScale } from '../../plot/depth';
import { DepthLines } from '../../plot/Graticule';
import { steppedTo } from '../../plot/keys';
import { useWidth } from '../../plot/useWidth';
import { hasFinalNorm } from '../finalNorm';
import { useConfigs, useLaneIds } from '../lanes/useLane';
import { useActions, useScope } from '../scope';
import { BlockFigure } from './BlockFigure';
import { rowStyle, StackRow } from './StackRow';
import './strip.css';

/** The depth that every panel spans: that of the deepest model, or of its setting before there is one. */
const useDepths = (): number[] =>
  useScope(useShallow((s) => s.lanes.map((l) => l.model?.layout.n_layers ?? l.config.n_layers)));

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
  const depths = useDepths();
  const hovered = useScope((s) => s.hovered);
  const selected = useScope((s) => s.selected);
  const { hover, select } = useActions();
  const names = laneNames(configs);
  const n_layers = Math.max(1, ...depths);
  const depth = useMemo(() => depthScale(n_layers, width), [n_layers, width]);
  const row = rowStyle(depth).height;
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
      <div className="st-figures" data-count={ids.length}>
        {ids.map((id, i) => (
          <BlockFigure key={id} id={id} name={names[i]!} layer={marked} />
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
                name={names[i]!}
                placement={configs[i]!.placement}
                finalNorm={hasFinalNorm(configs[i]!)}
                n_layers={depths[i]!}
                y={i * row}
              />
            ))}
          </svg>
        )}
      </div>
    </section>
  );
}
