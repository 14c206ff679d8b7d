import { useState } from 'react';
import { LANE_IDS } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { PlusIcon } from '../ui/icons';
import { Notices } from '../ui/Notices';
import { later } from '../ui/later';
import { recall, remember } from '../ui/remembered';
import { LaneCard } from './LaneCard';
import { TOGGLES } from './LaneToggles';
import { useFixedLanes, useLaneIds, useLaneNames } from './useLane';
import './lanes.css';

export function AddLane({ short = false }: { short?: boolean }) {
  const { addLane } = useActions();
  const full = useScope((s) => s.lanes.length + s.recordings.length >= LANE_IDS.length);
  const fixed = useFixedLanes();
  if (full || fixed) return null;
  return (
    <button type="button" className="ln-add" aria-label="Add a lane" onClick={addLane}>
      <PlusIcon />
      {!short && 'Add a lane'}
    </button>
  );
}

const Recordings = later(() => import('./Recordings').then((code) => code.Recordings));

/** Fetched with the first file. */
export const RecordedLanes = () =>
  useScope((s) => s.recordings.length > 0 || s.transfer !== null) ? <Recordings /> : null;

/** Messages about the settings that stand on the lanes themselves. */
export const ToggleNotices = () => (
  <div className="ln-notices">
    {Object.keys(TOGGLES).map((key) => (
      <Notices key={key} about={key as keyof typeof TOGGLES} />
    ))}
  </div>
);

const FOLDED = 'blocks.folded';
/** From this many lanes on, blocks are folded unless somebody said otherwise. */
const MANY = 3;

export function Lanes() {
  const ids = useLaneIds();
  const names = useLaneNames();
  const fixed = useFixedLanes();
  const [said, setSaid] = useState(() => recall(FOLDED));
  const folded = said === null ? ids.length >= MANY : said === 'true';
  const fold = (next: boolean) => {
    remember(FOLDED, String(next));
    setSaid(String(next));
  };
  return (
    <div className="ln-lanes">
      {ids.map((id, i) => (
        <LaneCard
          key={id}
          id={id}
          name={names[i]!}
          removable={ids.length > 1 && !fixed}
          folded={folded}
          onFold={fold}
        />
      ))}
      <RecordedLanes />
      <ToggleNotices />
      <AddLane />
    </div>
  );
}
