import { useContext, useMemo, type ReactNode } from 'react';
import { comparedBy } from '../../config/comparison';
import type { AboutSite, AboutStatistic } from '../../config/statistics';
import type { Axis, Domain } from '../../plot/axis';
import { DepthPlot } from '../../plot/DepthPlot';
import { reach } from '../../plot/domain';
import { nearLimits, type Limit } from '../../plot/limits';
import { valuesOf } from '../../plot/trace';
import type { Measurement } from '../../protocol/frame';
import type { Lane } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { later } from '../ui/later';
import { AxisKind, useAxisKind } from './AxisKind';
import { Baseline } from './Baseline';
import { laneLook } from './lanes';
import { Panel, PanelPlaceContext } from './Panel';
import type { Told } from './sentences';
import type { Series } from './series';
import { useDepthPanel, type LaneSeries } from './useDepthPanel';
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
  /** The lanes that are read, where not every step of them is shown. */
  from?: Lane[];
  about: Pick<AboutStatistic, 'log' | 'domain'> & Pick<Partial<AboutSite>, 'counts'>;
  /** Where formats end, for what is measured in their units. */
  limits?: Limit[];
  tell(told: readonly Told[], words: typeof Words): string;
}

const SideBySide = later(() => import('../../plot/SideBySide').then((code) => code.SideBySide));

const FROM_ZERO: Domain = [0, 0];
/** Shown at least of an axis of ratios, in its units: what varies less is the same to the eye. */
const AROUND_ONE: Partial<Record<Axis['kind'], Domain>> = { log: [-0.1, 0.1], linear: [0, 1] };
const NO_LIMITS: Limit[] = [];

/** A panel against depth: every lane's values at one place, marked where the others are marked. */
export function DepthPanel(props: Props) {
  const { title, level = 2, head, subject, read, about, tell } = props;
  const { hasAxis } = useContext(PanelPlaceContext);
  const { hover, select } = useActions();
  const by = comparedBy(about);
  const depthPanel = useDepthPanel(read, by, props.from);
  const { lanes, traces: own, told, hovered, selected, glides, baseline } = depthPanel;
  const shown = baseline ? `${subject} ${by}` : subject;
  const isLog = baseline ? by === 'ratio' : about.log;
  const [picked, setPicked] = useAxisKind(shown, isLog ? 'log' : 'linear');
  const kind = !baseline && about.counts && picked === 'log' ? 'count' : picked;
  const seeds = useSeedBands(props.readSeed, { kind, baseline, by });
  const traces = useMemo(() => [...seeds.traces, ...own], [seeds, own]);
  // On a linear axis what is small beside the data cannot be told from 0; what is compared has no unit.
  const limits = kind === 'log' && !baseline ? (props.limits ?? NO_LIMITS) : NO_LIMITS;
  const bounds = (!baseline && about.domain) || FROM_ZERO;
  const always =
    baseline && by === 'ratio' ? AROUND_ONE[kind] : kind === 'linear' ? bounds : undefined;
  const isApart = useScope(({ view }) => view.arrange === 'side_by_side') && lanes.length > 1;
  const Shown: typeof DepthPlot | typeof SideBySide = isApart ? SideBySide : DepthPlot;
  const groups = useMemo(
    () =>
      (isApart ? lanes : []).map(({ lane: { id }, name }) => ({
        ...{ id, name, colour: laneLook(id).colour },
        // Its name stands above the plot.
        traces: traces
          .filter(({ group }) => group === id)
          .map((trace) => ({ ...trace, isUnnamed: true })),
      })),
    [isApart, lanes, traces],
  );
  const near = () => (limits.length ? nearLimits(reach('log', valuesOf(traces)), limits) : []);
  return (
    <Panel
      {...{ title, level, head, lanes }}
      tools={
        <>
          <Baseline by={by} />
          {/* A difference may be negative. */}
          {!(baseline && by === 'difference') && <AxisKind kind={picked} onPick={setPicked} />}
        </>
      }
      sentence={(words) =>
        [
          baseline ? words.comparisonSentence(told, by) : tell(told, words),
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
          {...{ depth, traces, groups }}
          axis={{
            kind,
            subject: `${kind} ${shown} ${baseline}`,
            always,
            live: !glides,
          }}
          limits={limits}
          marks={{ hovered, selected }}
          label={`${title}, ${shown}`}
          onHover={hover}
          onSelect={select}
        />
      )}
    />
  );
}
