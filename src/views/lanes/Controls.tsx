import type { ReactNode } from 'react';
import { field, GROUPS, KEYS, type Group as GroupName, type Key } from '../../config/fields';
import { listed } from '../../lib/words';
import type { Hideable } from '../../runs/view';
import type { LaneId } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { Button } from '../ui/buttons';
import { ChevronIcon } from '../ui/icons';
import { laneLetter } from '../ui/LaneMark';
import { FieldGroup } from './FieldGroup';
import { FieldRow } from './FieldRow';
import { useLaneTarget } from './useLaneTarget';
import { TOGGLES } from './LaneToggles';
import { PresetMenu } from './PresetMenu';
import './lanes.css';

const onLanes = new Set(Object.keys(TOGGLES));
const keysOf = (group: GroupName) =>
  KEYS.filter((key) => field(key).group === group && !onLanes.has(key));

interface FrameProps {
  label: string;
  children(lanes: LaneId[]): ReactNode;
}

const HIDDEN: Record<Hideable, string> = {
  magnitude: 'the magnitude panel',
  gradient: 'the gradient panel',
  attention: 'the attention panel',
  loss: 'the loss',
  stack: 'the drawing of the stack',
  lanes: 'the list of lanes',
  settings: 'the settings',
  timeline: 'the timeline',
  more: 'evaluation and costs',
};

/** Locks and hidden parts of the page’s link, with the way to have all of it. */
function AccessLine() {
  const open = useScope(({ view }) => view.open);
  const hide = useScope(({ view }) => view.hide);
  const { setView } = useActions();
  if (!open && !hide.length) return null;
  return (
    <p className="ln-access">
      {open && 'This page locks the settings that are grey. '}
      {hide.length > 0 && `It leaves out ${listed(hide.map((part) => HIDDEN[part]))}. `}
      <Button className="ui-small" onClick={() => setView({ open: null, hide: [] })}>
        Open everything
      </Button>
    </p>
  );
}

/** Settings under the choice of the lanes that they change, and beside the presets. */
function ControlsFrame({ label, children }: FrameProps) {
  const { lanes, pick, isAll } = useLaneTarget('Lanes that the settings change', 'All lanes');
  return (
    <section className="ln-controls" aria-label={label}>
      <div className="ln-controls-head">
        {pick}
        <PresetMenu
          lanes={lanes}
          label={isAll ? 'Presets for all lanes' : `Presets for lane ${laneLetter(lanes[0]!)}`}
          className="ui-button ln-presets"
        >
          Presets
          <ChevronIcon />
        </PresetMenu>
      </div>
      <AccessLine />
      {children(lanes)}
    </section>
  );
}

/** Every setting but the lanes' own toggles, in groups, from the schema. */
export const Controls = () => (
  <ControlsFrame label="Settings">
    {(lanes) =>
      GROUPS.map((group) => (
        <FieldGroup key={group} name={group} keys={keysOf(group)} lanes={lanes} />
      ))
    }
  </ControlsFrame>
);

export const FewControls = ({ keys }: { keys: Key[] }) => (
  <ControlsFrame label="A few settings">
    {(lanes) => keys.map((key) => <FieldRow key={key} id={key} lanes={lanes} />)}
  </ControlsFrame>
);
