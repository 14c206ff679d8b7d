import { useContext, useMemo, type ReactNode } from 'react';
import { COMPARISONS, comparedBy } from '../../config/comparison';
import type { Quantity } from '../../config/quantity';
import type { AboutSite, AboutStatistic } from '../../config/statistics';
import type { Axis, Domain } from '../../plot/axis';
import { DepthPlot } from '../../plot/DepthPlot';
import { mapValues } from '../../lib/objects';
import { reach } from '../../plot/domain';
import { nearLimits, type Limit } from '../../plot/limits';
import { valuesOf, type Trace } from '../../plot/trace';
import type { Measurement } from '../../protocol/frame';
import type { Lane } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { later } from '../ui/later';
import { AxisKind, useAxisKind } from './AxisKind';
import { Baseline } from './Baseline';
import { Panel, PanelPlaceContext } from './Panel';
import type { Told } from './sentences';
import type { Series } from './series';
import { useDepthPanel, type LaneSeries } from './useDepthPanel';
import { TheoryToggle } from './theory/TheoryToggle';
import { useTheory } from './theory/useTheory';
import { useSeedBands } from './useSeedBands';
import type * as Words from './words';

interface Props {
  title: string;
  level?: 2 | 3;
  head: ReactNode;
  /** Names what is read; when it changes, the axis starts afresh. */
  subject: string;
  /** Reads a lane; the same function for as long as it reads the same. */
  read(lane: Lane): LaneSeries | null;
  /** Reads a lane under another seed, where bands of seeds are drawn; likewise the same function. */
  readSeed?(measured: Measurement): Series[];
  /** The quantity that is read, where theory may know of it. */
  quantity?: Quantity;
  /** The lanes that are read, where not every step of them is shown. */
  from?: Lane[];
  about: Pick<AboutStatistic, 'log' | 'domain'> & Pick<Partial<AboutSite>, 'counts'>;
  /** Where formats end, for what is measured in their units. */
  limits?: Limit[];
  tell(told: readonly Told[], words: typeof Words): string;
}

const LanesApart = later(() => import('./LanesApart').then((code) => code.LanesApart));

const dotted = (trace: Trace): Trace => ({ ...trace, line: 'dotted' });
const FROM_ZERO: Domain = [0, 0];
/** Shown at least of an axis of ratios, in its units: what varies less is the same to the eye. */
const AROUND_ONE: Partial<Record<Axis['kind'], Domain>> = { log: [-0.1, 0.1], linear: [0, 1] };
const NO_LIMITS: Limit[] = [];
/** The line of those that are as predicted. */
const AS_PREDICTED = mapValues(COMPARISONS, ({ same }): Limit[] => [
  { value: same, label: 'theory' },
]);

/** A panel against depth: every lane's values at one place, marked where the others are marked. */
export function DepthPanel(props: Props) {
  const { title, level = 2, head, subject, read, about, tell, quantity } = props;
  const { hasAxis } = useContext(PanelPlaceContext);
  const { hover, select } = useActions();
  const by = comparedBy(about);
  const theory = useTheory(quantity, by);
  const depthPanel = useDepthPanel(read, by, theory, props.from);
  const { lanes, traces: own, told, hovered, selected, glides, baseline, isFraction } = depthPanel;
  const isOverTheory = theory?.isRatio ?? false;
  const isHeld = baseline !== null || isOverTheory;
  const shown = isHeld ? `${subject} ${by}${isOverTheory ? ' to theory' : ''}` : subject;
  const isLog = isHeld ? by === 'ratio' : about.log;
  const [picked, setPicked] = useAxisKind(shown, isLog ? 'log' : 'linear');
  const kind = !isHeld && about.counts && picked === 'log' ? 'count' : picked;
  const seeds = useSeedBands(isOverTheory ? undefined : props.readSeed, { kind, baseline, by });
  const hasTheory = theory !== null;
  const traces = useMemo(() => {
    // Dashes are theory’s, where there is one.
    const bands = hasTheory ? seeds.traces.map(dotted) : seeds.traces;
    return [...bands, ...own];
  }, [seeds, own, hasTheory]);
  // On a linear axis what is small beside the data cannot be told from 0; what is compared has no unit.
  const limits = kind === 'log' && !isHeld ? (props.limits ?? NO_LIMITS) : NO_LIMITS;
  const bounds = (!isHeld && about.domain) || FROM_ZERO;
  const always =
    isHeld && by === 'ratio' ? AROUND_ONE[kind] : kind === 'linear' ? bounds : undefined;
  const isApart = useScope(({ view }) => view.arrange === 'side_by_side') && lanes.length > 1;
  const Shown: typeof DepthPlot | typeof LanesApart = isApart ? LanesApart : DepthPlot;
  const near = () => (limits.length ? nearLimits(reach('log', valuesOf(traces)), limits) : []);
  return (
    <Panel
      {...{ title, level, head, lanes }}
      clauses={hasTheory ? 2 : 1}
      tools={
        <>
          {quantity && <TheoryToggle quantity={quantity} />}
          <Baseline by={by} quantity={quantity} />
          {/* A difference may be negative. */}
          {!(isHeld && by === 'difference') && <AxisKind kind={picked} onPick={setPicked} />}
        </>
      }
      sentence={(words) =>
        [
          // Held against a baseline, means are no more in the units of the theory.
          theory?.tell(lanes, baseline ? [] : seeds.traces),
          !isOverTheory &&
            (baseline ? words.comparisonSentence(told, by, isFraction) : tell(told, words)),
          seeds.tell(),
          words.rangeSentence(near()),
        ]
          .filter(Boolean)
          .join(' ')
      }
      {...(!isApart && { marks: { hovered, selected } })}
      plot={(size, depth) => (
        <Shown
          {...size}
          ticks={hasAxis}
          {...{ depth, traces, lanes }}
          axis={{
            kind,
            subject: `${kind} ${shown} ${baseline}`,
            always,
            live: !glides,
          }}
          limits={isOverTheory ? AS_PREDICTED[by] : limits}
          marks={{ hovered, selected }}
          label={`${title}, ${shown}`}
          onHover={hover}
          onSelect={select}
        />
      )}
    />
  );
}
