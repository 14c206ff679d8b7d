import type { ReactNode } from 'react';
import { field, GROUPS, KEYS, type Group as GroupName, type Key } from '../../config/fields';
import type { LaneId } from '../../runs/state';
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
