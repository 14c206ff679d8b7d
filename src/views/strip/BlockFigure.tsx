import { useMemo } from 'react';
import type { Config } from '../../config/fields';
import { activeAt, parseInterventions } from '../../config/interventions';
import { layerPlans, updatesOf, type LayerPlan } from '../../config/layers';
import { actionLabel, valueLabel } from '../../config/naming';
import { norms } from '../../config/norms';
import { normsOf, placements } from '../../config/placements';
import { cutSpan, saySpan, type Span } from '../../plot/span';
import { drawnConfig, type LaneId } from '../../runs/state';
import { Formula } from '../Formula';
import { drawnStep, useLane } from '../lanes/useLane';
import { LaneMark } from '../ui/LaneMark';
import { laneStyle } from '../ui/laneStyle';
import { BlockAbout } from './BlockAbout';
import { updateEquation } from './equations';
import { placementGraph } from './graph';
import type { Cell } from './geometry';
import { lookOf } from './StackRow';
import { Update } from './Update';

const HEIGHT = 60;
const STREAM = 45;
const WIDTH = 158;
const END = 14;
const ALONE: Cell = { width: WIDTH, stream: STREAM, rails: [14] };
const BESIDE: Cell = { width: WIDTH, stream: STREAM, rails: [9, 28] };
const SECOND = 56;

const WORDS = { attn: 'attention', mlp: 'MLP' } as const;

const normText = ({ placement, norm }: LayerPlan): string => {
  if (normsOf(placement).length === 0) return 'no N in the block';
  return `N is ${norm === 'none' ? 'the identity' : norms[norm].label}`;
};
/** What the equation leaves out: what stream and branch are multiplied by. */
const scaleText = ({ residual_scale }: Config): string[] =>
  residual_scale === 'one' ? [] : [valueLabel('residual_scale', residual_scale)];

/** Which layers a figure stands for: all that are marked where they are alike, else the first of them. */
function sayShown(config: Config, { from, to }: Span): string {
  const plans = layerPlans(config).slice(from, to + 1);
  const alike = plans.every(
    ({ placement, norm }) => placement === plans[0]!.placement && norm === plans[0]!.norm,
  );
  return alike ? saySpan({ from, to }) : `layer ${from} of ${from}–${to}`;
}

/** What a figure shows: of a marked layer what it does, else what the lane says of all. */
function planOf(config: Config, layer: number | null): LayerPlan {
  const plan = layer === null ? undefined : layerPlans(config)[layer];
  return plan ?? { placement: config.placement, norm: config.norm };
}

interface BlockFigureProps {
  id: LaneId;
  name: string;
  /** The layers that are marked; the first of them is drawn. */
  layers: Span | null;
  /** One update instead of the block. */
  compact: boolean;
  /** The equation alone below the drawing. */
  terse: boolean;
}

/** One block of a lane, drawn large, with the equation of its residual update. */
export function BlockFigure({ id, name, layers, compact, terse }: BlockFigureProps) {
  const config = useLane(id, drawnConfig);
  const step = useLane(id, drawnStep) ?? 0;
  const interventions = useMemo(
    () => parseInterventions(config?.interventions ?? '').interventions,
    [config?.interventions],
  );
  if (!config) return null;
  const layer = layers && layers.from < config.n_layers ? layers.from : null;
  const plan = planOf(config, layer);
  const shown = layer === null ? '' : sayShown(config, cutSpan(layers, config.n_layers)!);
  const updates = updatesOf(config);
  const drawn = compact ? updates.slice(0, 1) : updates;
  const width = drawn.length * WIDTH + 2 * END;
  const acts = layer === null ? [] : activeAt(interventions, layer, step);
  const second = placements[plan.placement].sumsBranches ? SECOND : undefined;
  const tex = updateEquation(plan.placement);
  return (
    <figure className="st-figure" style={laneStyle(id)}>
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} aria-hidden="true">
        {second && <path className="st-second" d={`M0 ${second}H${width}`} />}
        <path className="st-stream" d={`M0 ${STREAM}H${width - 5}`} />
        <path className="st-arrow" d={`M${width - 7} ${STREAM - 3.5}l6 3.5-6 3.5z`} />
        {drawn.map((branches, i) => {
          const beside = branches.length > 1 && !compact;
          return (
            <Update
              key={i}
              graph={placementGraph(plan.placement)}
              cell={beside ? BESIDE : ALONE}
              x={END + i * WIDTH}
              sublayers={branches}
              texts={compact ? ['f'] : branches.map((branch) => WORDS[branch])}
              box={beside ? 16 : 20}
              branch
              mark={15}
              lettered
              look={lookOf(plan.norm, config.norm)}
              skipless={config.residual_scale === 'skipless'}
              second={second}
            />
          );
        })}
      </svg>
      <figcaption>
        <span className="st-caption">
          <LaneMark id={id} />
          {terse ? (
            <BlockAbout plan={plan}>
              <Formula tex={tex} />
            </BlockAbout>
          ) : (
            <>
              <span className="st-caption-name">{name}</span>
              {shown && <span className="st-soft">{shown}</span>}
            </>
          )}
        </span>
        {!terse && (
          <BlockAbout plan={plan}>
            <Formula tex={tex} />
            <span className="st-soft">
              {[normText(plan), ...scaleText(config), ...acts.map(actionLabel)].join(' · ')}
            </span>
          </BlockAbout>
        )}
      </figcaption>
    </figure>
  );
}
