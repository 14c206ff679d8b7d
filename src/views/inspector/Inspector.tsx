import { Tabs } from 'radix-ui';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { VIEWS, type Looking, type ViewId } from '../../inspect/readings';
import { formatCount } from '../../plot/format';
import type { Inspecting } from '../../runs/inspector/inspection';
import type { LaneId } from '../../runs/laneId';
import { layerUnder, markOf } from '../panels/depthMarks';
import { deepest, lanesOnShow, useLayouts } from '../panels/lanes';
import { useActions, useScope, useScopeStore } from '../scope';
import { Button, CloseButton } from '../ui/buttons';
import { NumberBox } from '../ui/NumberBox';
import { LaneMark } from '../ui/LaneMark';
import { Pick } from '../ui/Pick';
import { hasLayer, inLayer, layerOf, placeFor, placesOf } from './places';
import type { InspectedLane, InspectorView, ViewProps } from './props';
import { wasOpenedByPointer } from './opener';
import { useInspected } from './useInspected';
import { INSPECTOR_VIEWS } from './views';
import './frame.css';

/** The id by which keys and clicks that open the inspector find it. */
export const INSPECTOR_ID = 'inspector';

/** Inside of a place of the stack: one view at a time, of all lanes at the moment on show. */
export function Inspector({ takesFocus }: { takesFocus: boolean }) {
  const at = useScope(({ view }) => view.inspect);
  return at && <Open {...{ at, takesFocus }} />;
}

function Open({ at, takesFocus }: { at: Inspecting; takesFocus: boolean }) {
  const { inspect } = useActions();
  const element = useRef<HTMLElement>(null);
  useMarkedLayer(at);
  const isHeld = useScope(({ inspection }) => inspection.isHeld);
  const opener = useRef<Element | null>(null);
  // Who opened it by a key goes on in it, and comes back from it.
  useEffect(() => {
    opener.current = document.activeElement;
    if (!wasOpenedByPointer() && takesFocus) element.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  useLayoutEffect(() => {
    const own = element.current;
    return () => {
      const isInside = own?.contains(document.activeElement);
      if (isInside && opener.current instanceof HTMLElement) opener.current.focus();
    };
  }, []);
  const close = () => inspect(null);
  const layouts = useLayouts();
  return (
    <aside
      ref={element}
      id={INSPECTOR_ID}
      className="in"
      data-held={isHeld || undefined}
      aria-label="Inspector"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.stopPropagation();
        close();
      }}
    >
      <div className="in-top">
        <h2>Inspector</h2>
        <Moment />
        <CloseButton label="Close the inspector" onClick={close} />
      </div>
      <Tabs.Root
        value={at.view}
        onValueChange={(id) => {
          const view = id as ViewId;
          inspect({ view, place: placeFor(view, at.place, layouts) });
        }}
      >
        <Tabs.List className="in-tabs" aria-label="Views">
          {VIEWS.map((id) => (
            <Tabs.Trigger key={id} value={id} className="lower-tab">
              {INSPECTOR_VIEWS[id].label}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value={at.view} className="in-body" tabIndex={-1}>
          <Place at={at} />
          <Remarks />
          <Shown at={at} />
        </Tabs.Content>
      </Tabs.Root>
    </aside>
  );
}

/** The layer of the place and the layer that is marked in the panels are one. */
function useMarkedLayer({ place, lane }: Inspecting) {
  const { inspect } = useActions();
  const selected = useScope((scope) => scope.selected);
  const under = useScope((scope) =>
    scope.selected ? layerUnder(scope, lane, scope.selected.from) : null,
  );
  const layer = layerOf(place);
  const marked = useRef(selected);
  useEffect(() => {
    if (selected === marked.current) return;
    marked.current = selected;
    if (selected?.from !== selected?.to || under === null) return;
    if (layer !== under) inspect({ place: inLayer(place, under) });
  }, [selected, under, layer, place, inspect]);
}

/** The step that is read, and whether it goes along. */
function Moment() {
  const step = useScope(({ inspection }) => inspection.step);
  const isHeld = useScope(({ inspection }) => inspection.isHeld);
  const travel = useScope(({ inspection }) => inspection.travel);
  const isReading = useScope(({ inspection }) => inspection.isReading);
  const { holdInspector, cancelInspection } = useActions();
  return (
    <div className="in-moment">
      <span role="status" className="ui-visually-hidden">
        {travel ? `Going to step ${formatCount(travel.to)}` : isReading ? 'Reading' : ''}
      </span>
      <span>
        {travel
          ? `lane ${travel.lane.toUpperCase()}: to step ${formatCount(travel.to)}, at ${formatCount(travel.step)}`
          : isReading
            ? 'reading'
            : step === null
              ? '–'
              : `${isHeld ? 'held at ' : ''}step ${formatCount(step)}`}
      </span>
      {(travel ?? isReading) && (
        <button type="button" className="in-more" onClick={cancelInspection}>
          Stop
        </button>
      )}
      <button
        type="button"
        className="in-more"
        title="Stay at this step while training or the timeline goes on"
        onClick={() => holdInspector(!isHeld)}
      >
        {isHeld ? 'Let go' : 'Hold'}
      </button>
    </div>
  );
}

/** The layer and the place in it, where the view is of one. */
function Place({ at: { view, place, lane } }: { at: Inspecting }) {
  const { getState } = useScopeStore();
  const { inspect, select } = useActions();
  const layouts = useLayouts();
  const n_layers = useScope((scope) => deepest(lanesOnShow(scope)));
  const places = useMemo(() => placesOf(view, place, layouts), [view, place, layouts]);
  const layer = layerOf(place);
  if (!hasLayer(view)) return null;
  // A matrix has no sites: of a site, the first of its layer is shown.
  const shown = places.some(({ value }) => value === place) ? place : (places[0]?.value ?? place);
  const options = places.map(({ label, value, note, group }) => ({ label, value, note, group }));
  return (
    <div className="in-place">
      {layer !== null && (
        <label className="in-layer">
          layer
          <NumberBox
            label="Layer of the inspector"
            whole
            min={0}
            max={n_layers - 1}
            size={2}
            value={layer}
            onChange={(to) => {
              inspect({ place: inLayer(place, to) });
              select(markOf(getState(), lane, to));
            }}
          />
        </label>
      )}
      {options.length > 0 && (
        <Pick
          className="panel-pick panel-code"
          label="Place"
          value={shown}
          shown={shown.replace(/^blocks\.\d+\./, '')}
          options={options}
          onPick={(place) => inspect({ place })}
        />
      )}
    </div>
  );
}

/** Why a lane has nothing here, and what is to be known of what it has. */
function Remarks() {
  const remarks = useScope(({ inspection }) => inspection.remarks);
  const error = useScope(({ inspection }) => inspection.error);
  const lanes = useInspected();
  const nameOf = (id: LaneId) => lanes.find((lane) => lane.id === id)?.name ?? id.toUpperCase();
  return (
    <div role="status">
      {error !== null && (
        <p className="in-note" data-level="error">{`It could not be read: ${error}`}</p>
      )}
      {remarks.map(({ lane, text }) => (
        <p key={lane} className="in-absent">
          <LaneMark id={lane} size={11} />
          {`${nameOf(lane)}: ${text}`}
        </p>
      ))}
    </div>
  );
}

/** The same head, sequence and token, or the last ones that the lane has. */
function within(of: Looking, lanes: readonly InspectedLane[], id: LaneId): Looking {
  const config = (lanes.find((lane) => lane.id === id) ?? lanes[0])?.config;
  if (!config) return of;
  return {
    ...of,
    head: Math.min(of.head, config.n_heads - 1),
    sequence: Math.min(of.sequence, config.batch_size - 1),
    token: Math.min(of.token, config.seq_len - 1),
  };
}

/** The view as it was last read; the one before stays until the next is there. */
function Shown({ at }: { at: Inspecting }) {
  const { inspect } = useActions();
  const reading = useScope(({ inspection }) => inspection.reading);
  const of = useScope(({ inspection }) => inspection.of);
  const lanes = useInspected();
  const error = useScope(({ inspection }) => inspection.error);
  if (!reading || !of || reading.view !== at.view)
    return error === null ? (
      <p className="in-nothing">Reading the tensors of this step.</p>
    ) : (
      <Button onClick={() => inspect({})}>Read again</Button>
    );
  const { Body } = INSPECTOR_VIEWS[at.view] as unknown as InspectorView<ViewId>;
  const props: ViewProps<ViewId> = {
    reading,
    lanes,
    looking: within(of, lanes, at.lane),
    lane: at.lane,
    look: inspect,
  };
  return <Body {...props} />;
}
