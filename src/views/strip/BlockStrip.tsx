import type { KeyboardEvent, MouseEvent } from 'react';
import { useShallow } from 'zustand/shallow';
import type { Config } from '../../config/fields';
import { interventionsOf } from '../../config/interventions';
import { layerPlans } from '../../config/layers';
import { actionLabel, overrideLabel } from '../../config/naming';
import { columnsOf, percentAt, type DepthScale } from '../../plot/depth';
import { DepthLines } from '../../plot/Graticule';
import { steppedTo } from '../../plot/keys';
import { cutSpan, saySpan, spanOf, type Span } from '../../plot/span';
import { useSpan } from '../../plot/useSpan';
import { useSize } from '../../plot/useSize';
import { LayerBar } from '../layers/LayerBar';
import { drawnStep, useDrawnModels, useLaneIds, useLaneNames } from '../lanes/useLane';
import { useActions, useScope } from '../scope';
import { isAbsent, useDepthScale } from '../panels/lanes';
import { later } from '../../runs/later';
import { useCode } from '../ui/useCode';
import { rowHeight, StackRow } from './StackRow';
import './strip.css';

const fetchTrack = later('draws interventions', () => import('./InterventionTrack'));

/** Below the last row: a norm on the second stream reaches a little past it. */
const FOOT = 3;

interface BandProps {
  span: Span | null;
  depth: DepthScale;
  className: string;
}

const Band = ({ span, depth, className }: BandProps) =>
  span && <rect className={className} {...columnsOf(depth, span)} y={0} height="100%" />;

function sayLayer(config: Config, layer: number): string {
  const plan = layerPlans(config)[layer];
  if (!plan) return 'no such layer';
  const acts = interventionsOf(config).filter(
    ({ layers }) => layer >= layers.from && layer <= layers.to,
  );
  const norm = plan.norm === config.norm ? undefined : plan.norm;
  return [overrideLabel({ placement: plan.placement, norm }), ...acts.map(actionLabel)].join(' ');
}

const useSteps = (): number[] => useScope(useShallow((s) => s.lanes.map(drawnStep)));

const xIn = (event: MouseEvent) => event.clientX - event.currentTarget.getBoundingClientRect().left;

/** The blocks that are really running, one column per layer in line with the panels below. */
export function BlockStrip() {
  const [attach, size] = useSize();
  const depth = useDepthScale(size);
  const { width, n_layers, isFraction } = depth;
  const ids = useLaneIds();
  const configs = useDrawnModels();
  const steps = useSteps();
  const hovered = useScope((s) => s.hovered);
  const marked = useScope((s) => s.selected);
  const { hover, select } = useActions();
  const ringed = useScope(useShallow((s) => s.lanes.map((lane) => lane.trouble?.alarm.layer)));
  const absent = useScope(useShallow((s) => s.lanes.map(isAbsent)));
  const names = useLaneNames().map((name, i) => (absent[i] ? `${name}, no frame` : name));
  const selected = cutSpan(marked, n_layers);
  const under = hovered !== null && hovered < n_layers ? spanOf(hovered) : null;
  const shown = under ?? selected;
  const span = useSpan({ depth, selected, onSelect: select, xOf: xIn });

  const hasActs = configs.some((config) => interventionsOf(config).length > 0);
  const track = useCode(fetchTrack, hasActs);
  const tops = configs.reduce<number[]>(
    (all, config, i) => [...all, all[i]! + rowHeight(depth, config)],
    [0],
  );

  const pressed = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = steppedTo(event.key, span.head() ?? hovered, n_layers - 1);
    // Without a mark to take back, Esc is the page's.
    if (to === undefined || (to === null && !shown)) return;
    event.preventDefault();
    event.stopPropagation();
    hover(null);
    span.step(to, event.shiftKey);
  };

  return (
    <section className="st" aria-label="The stack">
      <div className="st-depth">
        {width > 0 && (
          <svg className="st-lines" width={width} height="100%" aria-hidden="true">
            <DepthLines depth={depth} />
            <Band span={selected} depth={depth} className="st-selected" />
          </svg>
        )}
        <div
          ref={attach}
          className="st-stack"
          role="slider"
          tabIndex={0}
          aria-label="The stack: layer"
          aria-valuemin={0}
          aria-valuemax={n_layers - 1}
          aria-valuenow={shown?.from ?? 0}
          aria-valuetext={
            shown
              ? `${isFraction ? `${percentAt(shown.from, n_layers)} of depth` : saySpan(shown)}: ${configs.map((c) => sayLayer(c, depth.of(c.n_layers).nearestLayer(depth.x(shown.from)))).join(', ')}`
              : 'no layer marked'
          }
          onKeyDown={pressed}
          {...span.pointer}
          onPointerMove={(event) => {
            const layer = depth.layerAt(xIn(event));
            if (layer !== hovered) hover(layer);
            span.pointer.onPointerMove(event);
          }}
          onPointerLeave={() => hover(null)}
        >
          {width > 0 && (
            <svg width={width} height={tops.at(-1)! + FOOT} aria-hidden="true">
              <Band span={under} depth={depth} className="st-hovered" />
              {ids.map((id, i) => (
                <StackRow
                  key={id}
                  {...{ id, depth }}
                  name={names[i]!}
                  isAbsent={absent[i]!}
                  ringed={ringed[i] ?? null}
                  config={configs[i]!}
                  step={steps[i]!}
                  text={size!.text}
                  y={tops[i]!}
                  Track={track?.InterventionTrack}
                />
              ))}
            </svg>
          )}
        </div>
        <LayerBar n_layers={n_layers} selected={selected} />
      </div>
    </section>
  );
}
