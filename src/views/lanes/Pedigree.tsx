import { formatCount } from '../../plot/format';
import type { LaneId } from '../../runs/state';
import { useScope } from '../scope';
import { fromWhere, pedigreeSentence } from '../time/pedigree';
import { TapTip } from '../ui/Tip';
import { useLane } from './useLane';

/** Where the run of a lane goes on from. */
export function Pedigree({ id }: { id: LaneId }) {
  const step = useLane(id, ({ fork }) => fork?.step);
  const from = useScope(({ lanes }) => {
    const lane = lanes.find((lane) => lane.id === id);
    return lane ? fromWhere(lane, lanes) : null;
  });
  const sentence = useScope(({ lanes }) => {
    const lane = lanes.find((lane) => lane.id === id);
    return lane ? pedigreeSentence(lane, lanes) : null;
  });
  if (step === undefined || from === null || sentence === null) return null;
  const said = `from ${from} at step ${formatCount(step)}`;
  return (
    <p className="ln-from">
      <TapTip label={`${said}. ${sentence}`} aria-label={said} content={sentence}>
        {said}
      </TapTip>
    </p>
  );
}
