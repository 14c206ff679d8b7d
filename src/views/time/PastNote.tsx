import { formatCount } from '../../plot/format';
import { engineStep } from '../../runs/state';
import { useScope } from '../scope';
import './pastNote.css';

/** Beside settings while the past is on show: they are of the present all the same. */
export function PastNote() {
  const moment = useScope((s) => s.moment);
  const newest = useScope((s) => Math.max(0, ...s.lanes.map(engineStep)));
  if (moment === 'live') return null;
  return (
    <p className="tm-note">
      {`Step ${formatCount(moment)} is on show${moment > newest ? ', which the lanes have not come to' : ''}. Settings act on the present, step ${formatCount(newest)}.`}
    </p>
  );
}
