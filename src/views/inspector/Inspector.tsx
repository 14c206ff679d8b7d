import { Tabs } from 'radix-ui';
import { useEffect, useMemo, useRef } from 'react';
import { VIEWS, type ViewId } from '../../inspect/readings';
import { spanOf } from '../../plot/span';
import { formatCount } from '../../plot/format';
import type { Inspecting } from '../../runs/inspector/inspection';
import { deepest, lanesOnShow, useLayouts } from '../panels/lanes';
import { useActions, useScope } from '../scope';
import { CloseButton } from '../ui/buttons';
import { NumberBox } from '../ui/NumberBox';
import { LaneMark } from '../ui/LaneMark';
import { Pick } from '../ui/Pick';
import { hasLayer, inLayer, layerOf, placesOf } from './places';
import type { InspectorView, ViewProps } from './props';
import { wasOpenedByPointer } from './opener';
import { useInspected } from './useInspected';
import { INSPECTOR_VIEWS } from './views';
import './frame.css';

/** The id by which keys and clicks that open the inspector find it. */
export const INSPECTOR_ID = 'inspector';

/** Inside of a place of the stack: one view at a time, of all lanes at the moment on show. */
export function Inspector() {
  const at = useScope(({ view }) => view.inspect);
  return at && <Open at={at} />;
}

function Open({ at }: { at: Inspecting }) {
  const { inspect } = useActions();
  const element = useRef<HTMLElement>(null);
  useMarkedLayer(at);
  const opener = useRef<Element | null>(null);
  // Who opened it by a key goes on in it, and comes back from it.
  useEffect(() => {
    opener.current = document.activeElement;
    if (!wasOpenedByPointer()) element.current?.focus({ preventScroll: true });
  }, []);
  const close = () => {
    const isInside = element.current?.contains(document.activeElement);
    inspect(null);
    if (isInside && opener.current instanceof HTMLElement) opener.current.focus();
  };
  return (
    <aside
      ref={element}
      id={INSPECTOR_ID}
      className="in"
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
      <Tabs.Root value={at.view} onValueChange={(view) => inspect({ view: view as ViewId })}>
        <Tabs.List className="in-tabs" aria-label="Views">
          {VIEWS.map((id) => (
            <Tabs.Trigger key={id} value={id} className="lower-tab">
              {id}
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
function useMarkedLayer({ place }: Inspecting) {
  const { inspect } = useActions();
  const selected = useScope((scope) => scope.selected);
  const layer = layerOf(place);
  const marked = useRef(selected);
  useEffect(() => {
    if (selected === marked.current) return;
    marked.current = selected;
    if (selected?.from !== selected?.to || selected === null) return;
    if (layer !== selected.from) inspect({ place: inLayer(place, selected.from) });
  }, [selected, layer, place, inspect]);
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
      <span role="status">
        {travel
          ? `lane ${travel.lane.toUpperCase()}: to step ${formatCount(travel.to)}, at ${formatCount(travel.step)}`
          : step === null || isReading
            ? 'reading'
            : `step ${formatCount(step)}`}
      </span>
      {(travel ?? isReading) && (
        <button type="button" className="in-more" onClick={cancelInspection}>
          Stop
        </button>
      )}
      <button
        type="button"
        className="in-more"
        aria-pressed={isHeld}
        title="Stay at this step while training or the timeline goes on"
        onClick={() => holdInspector(!isHeld)}
      >
        {isHeld ? 'Held' : 'Hold'}
      </button>
    </div>
  );
}

/** The layer and the place in it, where the view is of one. */
function Place({ at: { view, place } }: { at: Inspecting }) {
  const { inspect, select } = useActions();
  const layouts = useLayouts();
  const n_layers = useScope((scope) => deepest(lanesOnShow(scope)));
  const places = useMemo(() => placesOf(view, place, layouts), [view, place, layouts]);
  const layer = layerOf(place);
  if (!hasLayer(view)) return null;
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
              select(spanOf(to));
            }}
          />
        </label>
      )}
      {options.length > 0 && (
        <Pick
          className="panel-pick panel-code"
          label="Place"
          value={place}
          shown={place.replace(/^blocks\.\d+\./, '')}
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
  return (
    <div role="status">
      {error !== null && (
        <p className="in-note" data-level="error">{`It could not be read: ${error}`}</p>
      )}
      {remarks.map(({ lane, text }) => (
        <p key={lane} className="in-absent">
          <LaneMark id={lane} size={11} />
          {text}
        </p>
      ))}
    </div>
  );
}

/** The view as it was last read; the one before stays until the next is there. */
function Shown({ at }: { at: Inspecting }) {
  const { inspect } = useActions();
  const reading = useScope(({ inspection }) => inspection.reading);
  const of = useScope(({ inspection }) => inspection.of);
  const lanes = useInspected();
  if (!reading || !of || reading.view !== at.view)
    return <p className="in-nothing">Reading the tensors of this step.</p>;
  const { Body } = INSPECTOR_VIEWS[at.view] as unknown as InspectorView<ViewId>;
  const props: ViewProps<ViewId> = { reading, lanes, looking: of, lane: at.lane, look: inspect };
  return <Body {...props} />;
}
