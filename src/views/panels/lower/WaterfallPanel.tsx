import { comparedBy, COMPARISONS, type Comparison } from '../../../config/comparison';
import { describe } from '../../../config/describe';
import { typed, type Quantity } from '../../../config/quantity';
import type { Ramp } from '../../../plot/colours';
import { type DepthScale } from '../../../plot/depth';
import { reach } from '../../../plot/domain';
import { formatCount, formatSignificant } from '../../../plot/format';
import type { Axis, Domain } from '../../../plot/axis';
import type { PlotFrame } from '../../../plot/frame';
import { useHeld } from '../../../plot/useHeld';
import type { Strip } from '../../../plot/waterfall';
import { WaterfallPlot } from '../../../plot/WaterfallPlot';
import {
  createCells,
  createComparedHistory,
  createDepthHistory,
  type Cells,
  type DepthHistory,
} from '../../../runs/histories';
import type { LaneId } from '../../../runs/state';
import { useActions, useScope } from '../../scope';
import { AboutQuantity } from '../About';
import { AxisKind, useAxisKind } from '../AxisKind';
import { Baseline } from '../Baseline';
import { baselineOf, drawnLayers, fractionAxis, laneLook } from '../lanes';
import { Panel } from '../Panel';
import { QuantityPick } from '../QuantityPick';
import { NOTHING_YET, sentence } from '../sentences';
import { useRecordings, type RecordedLane } from './useRecordings';

/** One of a kind for each lane, made when it is first asked for. */
function perLane<T>(make: (id: LaneId) => T): (id: LaneId) => T {
  const known = new Map<LaneId, T>();
  return (id) => {
    const found = known.get(id) ?? make(id);
    known.set(id, found);
    return found;
  };
}

interface LaneHistory {
  lane: RecordedLane;
  history: DepthHistory;
}

/** The lanes' histories of a quantity, as they are or held against the baseline's. */
function useHistories(quantity: Quantity, by: Comparison, baseline: LaneId | null): LaneHistory[] {
  const lanes = useRecordings();
  const axis = useScope(fractionAxis);
  /** Each has a column for every layer of the axis, or by fraction for every layer of its own. */
  const depths = lanes.map(({ lane }) => drawnLayers(lane));
  const n_layers = Math.max(1, ...depths);
  const code = `${typed(quantity)} ${axis ? depths.join() : n_layers}`;
  const own = useHeld(code, () =>
    perLane((id) => {
      const lane = lanes.findIndex((one) => one.lane.id === id);
      return createDepthHistory(quantity, axis ? depths[lane]! : n_layers);
    }),
  );
  const held = useHeld(`${code} ${baseline}`, () => perLane(() => createComparedHistory(by)));
  const all = lanes.map((lane) => ({ lane, history: own(lane.lane.id)(lane.recording) }));
  const base = all.find(({ lane }) => lane.lane.id === baseline)?.history;
  return all.map(({ lane, history }) => ({
    lane,
    history: base ? held(lane.lane.id)(history, base) : history,
  }));
}

/** “RMS at resid_post from step 0 to 128: pre-LN 0.98 to 14.2; post-LN 0.97 to 1.01.” */
function waterfallSentence(all: readonly LaneHistory[], subject: string): string {
  const measured = all.filter(({ history }) => history.steps.length > 0);
  if (!measured.length) return NOTHING_YET;
  const steps = measured.flatMap(({ history }) => [history.steps[0]!, history.steps.at(-1)!]);
  const [first, last] = [Math.min(...steps), Math.max(...steps)].map(formatCount);
  const clauses = measured.map(({ lane: { name }, history }) => {
    let [least, most, lost] = [Infinity, -Infinity, Infinity];
    for (let i = 0; i < history.steps.length * history.columns; i++) {
      const value = history.values[i]!;
      if (value === Infinity)
        lost = Math.min(lost, history.steps[Math.floor(i / history.columns)]!);
      else if (value < least) least = value;
      if (value > most && value < Infinity) most = value;
    }
    const range =
      most < least ? 'nothing' : `${formatSignificant(least)} to ${formatSignificant(most)}`;
    return lost < Infinity ? `${name} ${range}, hatched where not finite` : `${name} ${range}`;
  });
  return sentence([`${subject} from step ${first}, on top, to ${last}: ${clauses.join('; ')}`]);
}

/** Room to grow of at most a quarter, so that the rows need to be found anew only so often. */
function endFor(last: number): number {
  const decade = 10 ** Math.floor(Math.log10(Math.max(10, last)));
  return [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((lead) => lead * decade >= last)! * decade;
}

/** In the units of an axis: nearer than this to the baseline no two values are told apart. */
const AROUND = 0.05;

/** The range that colours span: as far to both sides of the baseline as any value, else all values. */
function dataOf(cells: readonly Cells[], kind: Axis['kind'], ramp: Ramp): Domain | null {
  const ends = cells.flatMap(({ least, most, leastPositive }) => [
    kind === 'log' ? leastPositive : least,
    most,
  ]);
  const data = reach(kind, ends);
  if (!data || ramp === 'sequential') return data;
  const half = Math.max(AROUND, Math.abs(data[0]), Math.abs(data[1]));
  return [-half, half];
}

interface StripsProps {
  frame: PlotFrame;
  depth: DepthScale;
  histories: LaneHistory[];
  kind: Axis['kind'];
  /** The comparison with a baseline; null without one. */
  by: Comparison | null;
  subject: string;
  always: Domain | undefined;
}

function Strips({ frame, depth, histories, kind, by, subject, always }: StripsProps) {
  const { hover, hoverStep, select, showMoment } = useActions();
  const hovered = useScope((scope) => scope.hovered);
  const selected = useScope((scope) => scope.selected);
  const hoveredStep = useScope((scope) => scope.hoveredStep);
  const moment = useScope((scope) => scope.moment);
  const live = useScope((scope) => scope.playing);
  const last = Math.max(0, ...histories.map(({ history }) => history.steps.at(-1) ?? 0));
  const end = endFor(last);
  const most = Math.floor(frame.height / Math.max(1, histories.length));
  const cellsOf = useHeld([subject, end, most].join(), () =>
    perLane(() => createCells(end, most, by)),
  );
  const cells = histories.map(({ lane, history }) => cellsOf(lane.lane.id)(history));
  const ramp = by ? 'diverging' : 'sequential';
  const strips = histories.map(({ lane: { lane, name }, history }, i): Strip => ({
    ...{ id: lane.id, label: name, ...laneLook(lane.id) },
    ...{ columns: history.columns, per: cells[i]!.per, records: cells[i]!.records },
    ...{ steps: history.steps, values: history.values },
  }));
  return (
    <WaterfallPlot
      {...frame}
      {...{ depth, strips, ramp, end, hoveredStep }}
      axis={{ kind, data: dataOf(cells, kind, ramp), subject, always, live }}
      marks={{ hovered, selected }}
      moment={moment === 'live' ? null : moment}
      onHover={(layer, step) => {
        hover(layer);
        hoverStep(step);
      }}
      onSelect={select}
      onGo={(layer, step) => {
        select({ from: layer, to: layer });
        showMoment(step === last ? 'live' : step);
      }}
    />
  );
}

/** Any quantity of every layer and every step of all lanes, as colours on one scale. */
export function WaterfallPanel() {
  const quantity = useScope(({ view }) => view.waterfall);
  const baseline = useScope(baselineOf);
  const about = describe(quantity);
  const by = comparedBy(about);
  const histories = useHistories(quantity, by, baseline);
  const subject = baseline ? `${about.subject} ${by} ${baseline}` : about.subject;
  const isLog = baseline ? by === 'ratio' : about.log;
  const [picked, setPicked] = useAxisKind(subject, isLog ? 'log' : 'linear');
  // The middle of a diverging scale is the value of the baseline.
  const kind = baseline
    ? isLog
      ? 'log'
      : 'linear'
    : about.counts && picked === 'log'
      ? 'count'
      : picked;
  const name = histories.find(({ lane }) => lane.lane.id === baseline)?.lane.name;
  const told = name ? `${about.name} ${COMPARISONS[by].word} that of ${name}` : about.name;
  return (
    <Panel
      title="waterfall"
      lanes={histories.map(({ lane }) => lane)}
      head={
        <>
          <QuantityPick
            panel="waterfall"
            names={{ statistic: 'Waterfall statistic', site: 'Waterfall site' }}
          />
          <AboutQuantity quantity={quantity} />
        </>
      }
      tools={
        <>
          <Baseline by={by} />
          {!baseline && <AxisKind kind={picked} onPick={setPicked} />}
        </>
      }
      sentence={() => waterfallSentence(histories, told)}
      plot={(size, depth) => (
        <Strips
          frame={{ ...size, label: `waterfall, ${subject}` }}
          {...{ depth, histories, kind }}
          by={baseline ? by : null}
          subject={`${kind} ${subject}`}
          always={!baseline && kind === 'linear' ? about.domain : undefined}
        />
      )}
    />
  );
}
