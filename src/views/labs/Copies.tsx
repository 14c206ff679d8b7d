import { useStore } from 'zustand';
import { keptName } from '../../labs/desk/desk';
import { olderOf } from '../../labs/desk/versions';
import { Button } from '../ui/buttons';
import { useDoing } from './context';
import { percentDone } from './words';

/** Other answers to the lab on show: in another tab, and to an older version of its file. */
export function Copies() {
  const { desk, lab } = useDoing();
  const isElsewhere = useStore(desk.store, (s) => s.isElsewhere);
  const isOld = useStore(desk.store, (s) => s.isOld);
  const from = useStore(desk.store, (s) => s.from);
  const step = useStore(desk.store, (s) => s.progress?.step);
  const older = useStore(desk.store, (s) => olderOf(s.kept, { lab, from }));
  return (
    <>
      {isElsewhere && (
        <div className="lb-copy" role="alert">
          <p>
            This lab went on in another tab, where its newest answers are. What is done here is not
            kept.
          </p>
          <Button onClick={() => void desk.takeUp()}>Go on here, with the newest answers</Button>
        </div>
      )}
      {isOld && from !== null && (
        <div className="lb-copy">
          <p>This is an older version of the lab, with the answers that you gave to it.</p>
          <Button onClick={() => desk.open(from)}>Open the version of today</Button>
        </div>
      )}
      {!isOld && older && step === 0 && (
        <div className="lb-copy">
          <p>
            An older version of this lab was begun here ({percentDone(older.share)}). The lab has
            changed since, and begins anew. Your answers stay with the older version, where you can
            still save its report.
          </p>
          <Button onClick={() => desk.open(keptName(older))}>Open the older version</Button>
        </div>
      )}
    </>
  );
}
