import { Tabs } from 'radix-ui';
import { useState, type ReactNode } from 'react';
import type { LaneId } from '../../runs/state';
import { LaneMark, laneStyle } from '../ui/LaneMark';
import { LaneCard, RemoveLane } from './LaneCard';
import { AddLane, RecordedLanes, ToggleNotices } from './Lanes';
import { LaneLoss, LaneTrouble } from './LaneState';
import { useFixedLanes, useLaneIds, useLaneNames } from './useLane';
import './lanes.css';

/** On a small screen the lanes share one place, so that a lane's toggles, and the `settings`, are always in reach. */
export function LaneTabs({ settings }: { settings: ReactNode }) {
  const ids = useLaneIds();
  const names = useLaneNames();
  const fixed = useFixedLanes();
  const [picked, setPicked] = useState<LaneId>('a');
  const current = ids.includes(picked) ? picked : (ids[0] ?? 'a');
  return (
    <Tabs.Root
      className="ln-tabs"
      value={current}
      onValueChange={(id) => setPicked(id as LaneId)}
      activationMode="automatic"
    >
      <div className="ln-tab-row">
        <Tabs.List className="ln-tab-list" aria-label="Lanes">
          {ids.map((id, i) => (
            <Tabs.Trigger
              key={id}
              value={id}
              className="ln-tab"
              style={laneStyle(id)}
              data-lane-tab={id}
            >
              <span className="ln-tab-name">
                <LaneMark id={id} size={11} />
                <span>{names[i]}</span>
              </span>
              <LaneLoss id={id} />
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <AddLane short />
        {ids.length > 1 && !fixed && (
          <RemoveLane id={current} name={names[ids.indexOf(current)]!} />
        )}
        {settings}
      </div>
      {ids.map((id, i) => (
        <Tabs.Content key={id} value={id} tabIndex={-1}>
          <LaneCard id={id} name={names[i]!} bare />
        </Tabs.Content>
      ))}
      <RecordedLanes />
      <div className="ln-floating">
        <LaneTrouble id={current} />
        <ToggleNotices />
      </div>
    </Tabs.Root>
  );
}
