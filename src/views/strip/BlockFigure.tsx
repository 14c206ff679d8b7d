import { SUBLAYERS } from '../../config/blockSites';
import type { Config } from '../../config/fields';
import { activeAt, interventionsOf } from '../../config/interventions';
import { layerPlans, sublayerCount, updatesOf, type LayerPlan } from '../../config/layers';
import { actionLabel } from '../../config/naming';
import { streamNames } from '../../config/placements';
import { cutSpan, onlyLayer, saySpan, spanOf, type Span } from '../../plot/span';
import type { LaneId } from '../../runs/state';
import { Formula } from '../Formula';
import { drawnStep, useDrawnModel, useLane, useLaneIds, useLaneNames } from '../lanes/useLane';
import { fractionAxis } from '../panels/lanes';
import { useScope } from '../scope';
import { LaneMark, laneStyle } from '../ui/LaneMark';
import { besideEquation, blockEquations, planOf } from './equations';
import { useFit } from './fit';
import { placementGraph } from './graph';
import type { Cell } from './geometry';
import { lookOf } from './StackRow';
import { Update } from './Update';
import './strip.css';
import type { ReactNode } from 'react';
import { CHOICES } from '../../config/choices';
import { Explain, explainText } from '../ui/Explain';
import { TapTip } from '../ui/Tip';

const HEIGHT = 50;
const STREAM = 37;
const WIDTH = 132;
const END = 12;
const ALONE: Cell = { width: WIDTH, stream: STREAM, rails: [12] };
const BESIDE: Cell = { width: WIDTH, stream: STREAM, rails: [7, 21] };
const SECOND = 47;

/** Which layers a figure stands for: all that are marked where they are alike, else the first of them. */
function sayShown(config: Config, { from, to }: Span): string {
  const plans = layerPlans(config).slice(from, to + 1);
  const alike = plans.every(
    ({ placement, norm }) => placement === plans[0]!.placement && norm === plans[0]!.norm,
  );
  return alike ? saySpan({ from, to }) : `layer ${from} of ${from}–${to}`;
}

interface BlockFigureProps {
  id: LaneId;
  /** One update stands for the whole block, where there is little room. */
  compact?: boolean;
  /** The drawing is left out, and the equation alone is shown. */
  folded?: boolean;
  /** The lane's name, where nothing else says whose block it is. */
  name?: string;
  children?: ReactNode;
}

/** One block of a lane, drawn large, with the equation of its residual update: of the layer that is marked, if any. */
export function BlockFigure(props: BlockFigureProps) {
  const { id, compact = false, folded = false, name, children } = props;
  const config = useDrawnModel(id);
  const step = useLane(id, drawnStep) ?? 0;
  const hovered = useScope((scope) => scope.hovered);
  const selected = useScope((scope) => scope.selected);
  const axis = useScope(fractionAxis);
  const fit = useFit();
  const layers = hovered === null ? selected : spanOf(hovered);
  if (!config) return null;
  const marked = cutSpan(layers, config.n_layers, axis);
  const plan = planOf(config, marked?.from ?? null);
  const acts = marked ? activeAt(interventionsOf(config), marked.from, step) : [];
  const { before, update, after } = blockEquations(config, plan, onlyLayer(marked));
  const said = [
    ...(marked ? [sayShown(config, marked)] : []),
    ...acts.map(actionLabel),
    ...besideEquation(config, plan, marked !== null),
  ];
  return (
    <figure className="st-figure" style={laneStyle(id)}>
      {!folded && <BlockDrawing {...{ config, plan, compact }} />}
      <figcaption>
        {name && (
          <span className="st-caption">
            <LaneMark id={id} />
            <span className="st-caption-name">{name}</span>
          </span>
        )}
        <BlockAbout {...{ config, plan, said }} equations={[...before, update, ...after]}>
          <span className="st-equation" ref={fit}>
            <Formula tex={update} />
          </span>
          <span className="st-soft">{said.join(' · ')}</span>
        </BlockAbout>
        {children}
      </figcaption>
    </figure>
  );
}

interface BlockDrawingProps {
  config: Config;
  plan: LayerPlan;
  compact: boolean;
}

function BlockDrawing({ config, plan, compact }: BlockDrawingProps) {
  const updates = updatesOf(config);
  const drawn = compact ? updates.slice(0, 1) : updates;
  const width = drawn.length * WIDTH + 2 * END;
  const second = streamNames(plan.placement).length > 1 ? SECOND : undefined;
  return (
    <svg viewBox={`0 0 ${width} ${HEIGHT}`} width={width} height={HEIGHT} aria-hidden="true">
      {second && <path className="st-second" d={`M0 ${second}H${width}`} />}
      <path className="st-stream" d={`M0 ${STREAM}H${width - 5}`} />
      <path className="st-arrow" d={`M${width - 7} ${STREAM - 3.5}l6 3.5-6 3.5z`} />
      {drawn.map((branches, i) => {
        const beside = branches.length > 1 && !compact;
        return (
          <Update
            key={i}
            graph={placementGraph(plan.placement, config.residual_scale, sublayerCount(config))}
            cell={beside ? BESIDE : ALONE}
            x={END + i * WIDTH}
            sublayers={branches}
            texts={compact ? ['f'] : branches.map((branch) => SUBLAYERS[branch])}
            box={beside ? 13 : 20}
            branch
            mark={beside ? 12 : 15}
            lettered
            look={lookOf(plan.norm, config.norm)}
            second={second}
          />
        );
      })}
    </svg>
  );
}

/** Every lane's block, where lanes have no cards that could hold it. */
export function BlockFigures() {
  const names = useLaneNames();
  return (
    <div className="st-figures">
      {useLaneIds().map((id, i) => (
        <BlockFigure key={id} id={id} name={names[i]!} compact />
      ))}
    </div>
  );
}

interface BlockAboutProps {
  config: Config;
  plan: LayerPlan;
  /** All equations of the block, and what is said beside them. */
  equations: string[];
  said: string[];
  children: ReactNode;
}

/** The equation under a drawn block; asked, it says what each part is, and whose. */
function BlockAbout({ config, plan, equations, said, children }: BlockAboutProps) {
  const chosen = {
    placement: plan.placement,
    norm: plan.norm,
    residual_scale: config.residual_scale,
    norm_scale: config.norm_scale,
  };
  const explained = (Object.keys(chosen) as (keyof typeof chosen)[])
    .filter((key) => chosen[key] !== 'one')
    .map((key) => {
      const choice = (CHOICES[key] as Record<string, (typeof CHOICES)['norm']['none']>)[
        chosen[key]
      ]!;
      const { label: title, formula, note, source } = choice;
      return { title, formula, note, source, code: `${key}=${chosen[key]}` };
    });
  const here = {
    title: 'This block',
    formula: equations.join(String.raw`,\quad `),
    note: `${said.join(' · ')}.`,
  };
  return (
    <TapTip
      className="st-about"
      label={[here, ...explained].map(explainText).join('. ')}
      content={
        <div className="ui-explain-parts">
          <Explain {...here} />
          {explained.map((about) => (
            <Explain key={about.code} {...about} />
          ))}
        </div>
      }
    >
      <span className="ui-visually-hidden">
        About {explained.map(({ title }) => title).join(' and ')}:
      </span>
      {children}
    </TapTip>
  );
}
