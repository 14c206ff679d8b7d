import { memo, useMemo } from 'react';
import type { Sublayer } from '../../config/blockSites';
import type { Config } from '../../config/fields';
import { activeAt, interventionsOf, type Intervention } from '../../config/interventions';
import {
  hasEmbedNorm,
  hasFinalNorm,
  layerPlans,
  sublayerCount,
  updatesOf,
} from '../../config/layers';
import type { NormId } from '../../config/norms';
import { streamNames } from '../../config/placements';
import { EMBED, type DepthScale } from '../../plot/depth';
import { ellipsized } from '../../plot/labels';
import { TEXT } from '../../plot/layout';
import { Lines } from '../../plot/Lines';
import { markPath, MARKS } from '../../plot/marks';
import { LANE_IDS, type LaneId } from '../../runs/state';
import { laneStyle } from '../ui/LaneMark';
import type { Cell } from './geometry';
import { placementGraph } from './graph';
import { rowStyle } from './rowStyle';
import type { InterventionTrack } from './InterventionTrack';
import { TRACK, trackCount } from './tracks';
import { Update, type NormLook } from './Update';

export const lookOf = (norm: NormId, own: NormId): NormLook => {
  if (norm === 'none') return 'identity';
  return norm === own ? 'own' : 'other';
};

function actsOn(interventions: Intervention[], layer: number, step: number) {
  const active = activeAt(interventions, layer, step);
  if (!active.length) return undefined;
  const acts: Partial<Record<Sublayer, Intervention['kind']>> = {};
  for (const one of active) {
    if (one.kind === 'scale' || one.kind === 'freeze') acts[one.sublayer] = one.kind;
    else if (one.kind === 'silence') acts.attn = one.kind;
    else if (one.site.startsWith('attn')) acts.attn = one.kind;
    else if (one.site.startsWith('mlp')) acts.mlp = one.kind;
  }
  return acts;
}

interface StackRowProps {
  id: LaneId;
  name: string;
  /** The lane has no frame of the step on show: its row says how it is set now. */
  isAbsent?: boolean;
  /** The layer of the alarm that is told of the lane. */
  ringed?: number | null;
  config: Config;
  step: number;
  depth: DepthScale;
  y: number;
  /** Draws interventions; most stacks have none, and are there before its code. */
  Track?: typeof InterventionTrack | undefined;
  text?: number;
}

export const rowHeight = (depth: DepthScale, config: Config): number =>
  rowStyle(depth.of(config.n_layers)).height + trackCount(interventionsOf(config)) * TRACK;

/** The whole stack of one lane: the stream from the embedding to the logits, a column for every block. */
export const StackRow = memo(function StackRow(props: StackRowProps) {
  const { id, name, isAbsent = false, ringed = null, config, step, y, text = TEXT } = props;
  const { Track } = props;
  const { n_layers, norm } = config;
  const depth = props.depth.of(n_layers);
  const { column } = depth;
  const style = rowStyle(depth);
  const { stream, mark } = style;

  const plans = layerPlans(config);
  const interventions = interventionsOf(config);
  const { updates, cells } = useMemo(() => {
    const all = updatesOf(config);
    const updates = style.each ? all : all.slice(0, 1);
    const cells = updates.map((branches): Cell => {
      const rails = style.each && branches.length > 1 ? style.rails : style.rail;
      return { width: column / updates.length, stream: style.stream, rails };
    });
    return { updates, cells };
  }, [config, style, column]);

  const start = depth.x(EMBED);
  const blocksEnd = depth.x(n_layers - 1) + column / 2;
  const end = Math.min(blocksEnd + Math.max(16, Math.min(column / 2, 34)), depth.right + 6);
  const second = streamNames(config.placement).length > 1 ? stream + 5.5 : undefined;
  const finalAt = { x: (blocksEnd + end - 5) / 2, y: second ?? stream };
  const square = (at: { x: number; y: number }) => ({
    x: at.x - mark / 2,
    y: at.y - mark / 2,
    width: mark,
    height: mark,
    rx: mark / 5,
  });
  const tracks = trackCount(interventions) * TRACK;
  return (
    <g
      className="st-row"
      data-absent={isAbsent || undefined}
      transform={`translate(0 ${y})`}
      style={laneStyle(id)}
    >
      {Track && interventions.length > 0 && <Track {...{ interventions, depth, step }} />}
      <g transform={`translate(0 ${tracks})`}>
        {ringed !== null && ringed < n_layers && (
          <rect
            className="st-ring"
            x={depth.x(ringed) - Math.max(column, 6) / 2}
            y={0.75}
            width={Math.max(column, 6)}
            height={style.height - 1.5}
            rx={3}
          />
        )}
        {second !== undefined && (
          <path
            className="st-second"
            d={`M${start} ${stream}V${second}H${finalAt.x + mark}V${stream}`}
          />
        )}
        <path className="st-stream" d={`M${start} ${stream}H${end - 4}`} />
        <path className="st-arrow" d={`M${end - 5} ${stream - 3}l5 3-5 3z`} />
        <path className="st-lane" d={markPath(MARKS[LANE_IDS.indexOf(id)]!, start, stream, 4)} />
        {hasEmbedNorm(config) && (
          <g className="st-mark st-norm" data-look={lookOf(norm, norm)}>
            <rect {...square({ x: start + column * 0.3, y: stream })} />
          </g>
        )}
        {plans.map((plan, layer) =>
          updates.map((branches, i) => (
            <Update
              key={`${layer} ${i}`}
              graph={placementGraph(plan.placement, config.residual_scale, sublayerCount(config))}
              cell={cells[i]!}
              layer={layer}
              x={depth.x(layer) + (i / updates.length - 0.5) * column}
              sublayers={branches}
              box={branches.length > 1 ? style.boxes : style.box}
              branch={style.drawsBranch}
              acts={actsOn(interventions, layer, step)}
              mark={mark}
              look={lookOf(plan.norm, norm)}
              second={second}
            />
          )),
        )}
        <g
          className="st-mark st-norm"
          data-look={lookOf(norm, norm)}
          data-absent={!hasFinalNorm(config) || undefined}
        >
          <rect {...square(finalAt)} />
        </g>
        <Lines
          className="st-name"
          lines={[ellipsized(name, depth.width - depth.right - 12, text)]}
          x={depth.right + 8}
          y={stream}
          pitch={TEXT + 1}
          title={name}
        />
      </g>
    </g>
  );
});
