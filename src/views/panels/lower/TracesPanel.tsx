import { useMemo } from 'react';
import { describe } from '../../../config/describe';
import { typed, type Quantity } from '../../../config/quantity';
import { extremes, lastOf, nearest, type TimeSeries } from '../../../lib/timeSeries';
import { percentAt } from '../../../plot/depth';
import { formatCount, formatSignificant } from '../../../plot/format';
import { cutSpan, saySpan, type Span } from '../../../plot/span';
import { StepPlot, type StepTrace } from '../../../plot/StepPlot';
import { useHeld } from '../../../plot/useHeld';
import { inLayer } from '../../../protocol/read';
import { createNumberHistory } from '../../../runs/histories';
import type { LaneId } from '../../../runs/state';
import { useActions, useScope } from '../../scope';
import { Pick } from '../../ui/Pick';
import { AboutQuantity } from '../About';
import { AxisKind, useAxisKind } from '../AxisKind';
import { drawnLayers, fractionAxis, laneLook, useLayouts } from '../lanes';
import { Panel } from '../Panel';
import { plotEvents } from '../plotEvents';
import { QuantityPick } from '../QuantityPick';
import { useStepBands } from '../useStepBands';
import { NOTHING_YET, sentence } from '../sentences';
import { useRecordings, type RecordedLane } from './useRecordings';

const isOfLayers = ({ of }: Quantity) => of !== 'output' && of !== 'run';

/** Histories of a quantity, of every lane, layer and further seed that was asked for: each goes on from where it was. */
function createHistories(quantity: Quantity) {
  const known = new Map<string, ReturnType<typeof createNumberHistory>>();
  return (id: LaneId, layer: number | null, seed = 0) => {
    const key = `${id} ${layer} ${seed}`;
    const history =
      known.get(key) ?? createNumberHistory(layer === null ? quantity : inLayer(quantity, layer));
    known.set(key, history);
    return history;
  };
}

interface LayerTrace {
  lane: RecordedLane;
  layer: number | null;
  span: Span | null;
  series: TimeSeries;
}

/** The faintest of several layers of a lane, the first of them. */
const FAINTEST = 0.3;

/** The layers of a lane from faint to full, of which the first and the last are named. */
function traceOf({ lane: { lane, name }, layer, span, series }: LayerTrace): StepTrace {
  const { id } = lane;
  const look = { id: `${id} ${layer}`, lane: name, series, ...laneLook(id) };
  if (layer === null || !span || span.from === span.to) return { ...look, label: name };
  const share = (layer - span.from) / (span.to - span.from);
  return {
    ...look,
    label: `${name} ${layer}`,
    alpha: FAINTEST + (1 - FAINTEST) * share,
    isUnnamed: layer !== span.from && layer !== span.to,
  };
}

/** “Step 120: pre-LN 1.20, 0.80 to 1.40 so far; post-LN …” */
function tracesSentence(traces: readonly LayerTrace[], moment = Infinity): string {
  const told = traces.filter(({ layer, span, series }) => {
    return series.length > 0 && (!span || layer === span.to);
  });
  if (!told.length) return NOTHING_YET;
  const at = (series: TimeSeries) => nearest(series, Math.min(moment, lastOf(series)!.step))!;
  const step = Math.max(...told.map(({ series }) => at(series).step));
  const clauses = told.map(({ lane: { name }, series }) => {
    const { least, most } = extremes(series);
    const now = `${name} ${formatSignificant(at(series).value)}`;
    if (!least || !most || least.value === most.value) return now;
    return `${now}, so far ${formatSignificant(least.value)} to ${formatSignificant(most.value)}`;
  });
  return sentence([`step ${formatCount(step)}: ${clauses.join('; ')}`]);
}

function HeadPick({ quantity }: { quantity: Quantity }) {
  const { setView } = useActions();
  const heads = Math.max(0, ...useLayouts().map(({ n_heads }) => n_heads));
  const options = [
    { value: 'mean', label: 'mean of heads' },
    ...Array.from({ length: heads }, (_, i) => ({ value: String(i), label: `head ${i}` })),
  ];
  return (
    <Pick
      className="panel-pick"
      label="Head"
      value={typeof quantity.each === 'number' ? String(quantity.each) : 'mean'}
      options={options}
      onPick={(head) => {
        const each = head === 'mean' ? false : Number(head);
        setView({ traces: { ...quantity, each } as Quantity });
      }}
    />
  );
}

/** Any quantity against the step: of the layers that are marked, else of each lane's last one, or of the model. */
export function TracesPanel() {
  const quantity = useScope(({ view }) => view.traces);
  const selected = useScope((scope) => scope.selected);
  const axis = useScope(fractionAxis);
  const hovered = useScope((scope) => scope.hoveredStep);
  const live = useScope((scope) => scope.playing);
  const moment = useScope((scope) => (scope.moment === 'live' ? undefined : scope.moment));
  const { hoverStep, recordedSeeds } = useActions();
  const lanes = useRecordings();
  const events = useMemo(() => lanes.flatMap(plotEvents), [lanes]);
  const code = typed(quantity);
  const about = describe(quantity);
  const historyOf = useHeld(code, () => createHistories(quantity));
  const layered = isOfLayers(quantity);
  const traces = lanes.flatMap((lane): LayerTrace[] => {
    const n_layers = drawnLayers(lane.lane);
    const last = n_layers - 1;
    const span = selected ? cutSpan(selected, n_layers, axis) : { from: last, to: last };
    if (layered && !span) return [];
    const layers = layered
      ? Array.from({ length: span!.to - span!.from + 1 }, (_, i) => span!.from + i)
      : [null];
    return layers.map((layer) => ({
      ...{ lane, layer },
      span: layered ? span : null,
      series: historyOf(lane.lane.id, layer)(lane.recording),
    }));
  });
  const measured = traces.filter(({ series }) => series.length > 0);
  const drawn = measured.map(traceOf);
  const where = !layered
    ? ''
    : !selected
      ? 'the last layer'
      : axis
        ? `at ${percentAt(selected.from, axis)} of depth`
        : saySpan(selected);
  const [kind, setKind] = useAxisKind(code, about.log ? 'log' : 'linear');
  const shown = about.counts && kind === 'log' ? 'count' : kind;
  const bands = useStepBands(code, kind === 'log', () =>
    measured.map(({ lane: { lane, recording }, layer, series }, i) => ({
      trace: drawn[i]!,
      seeds: [
        series,
        ...recordedSeeds(lane.id).map((segments, seed) =>
          historyOf(lane.id, layer, seed + 1)({ ...recording, segments }),
        ),
      ],
    })),
  );
  return (
    <Panel
      title="traces"
      lanes={lanes}
      head={
        <>
          <QuantityPick
            panel="traces"
            names={{ statistic: 'Traced statistic', site: 'Traced site' }}
          />
          {quantity.of === 'head' && <HeadPick quantity={quantity} />}
          {where && <span className="panel-unit">{where}</span>}
          <AboutQuantity quantity={quantity} />
        </>
      }
      tools={<AxisKind kind={kind} onPick={setKind} />}
      sentence={() => tracesSentence(traces, moment)}
      plot={(size) => (
        <StepPlot
          {...size}
          {...{ traces: drawn, bands }}
          axis={{ kind: shown, live, always: kind === 'linear' ? about.domain : undefined }}
          label={`traces, ${about.subject}`}
          {...{ hovered, moment, events }}
          onHover={hoverStep}
        />
      )}
    />
  );
}
