import { formatCount, formatSignificant } from '../../plot/format';
import { lastOf } from '../../lib/timeSeries';
import type { RecordedLane } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { Button, CloseButton } from '../ui/buttons';
import { Figures } from '../ui/Figures';
import { LaneMark, laneLetter, laneStyle } from '../ui/LaneMark';
import { later } from '../ui/later';
import { TapTip } from '../ui/Tip';

const Columns = later(() => import('./Columns').then((code) => code.Columns));

/** A file that is being read or written, with the way to call it off. */
export function Transfer() {
  const { cancelTransfer } = useActions();
  const transfer = useScope((scope) => scope.transfer);
  if (!transfer) return null;
  if (transfer.asks) return <Columns name={transfer.name} question={transfer.asks} />;
  return (
    <div className="ln-reading">
      <span role="status">
        {transfer.does} {transfer.name}
      </span>
      <progress aria-label={`${transfer.does} ${transfer.name}`} max={1} value={transfer.share} />
      <Button onClick={() => cancelTransfer()}>Cancel</Button>
    </div>
  );
}

function RecordingCard({ lane }: { lane: RecordedLane }) {
  const { removeRecording } = useActions();
  const { id, recorded, shown, loss, columns } = lane;
  const { name, notes } = recorded;
  const [first, last] = [loss.records[0]!.step, lastOf(loss)!.step];
  const steps =
    first === last
      ? `step ${formatCount(last)}`
      : `steps ${formatCount(first)}–${formatCount(last)}`;
  const value = shown?.frame.loss;
  return (
    <section
      className="ln-card ln-recording"
      style={laneStyle(id)}
      aria-label={`Lane ${laneLetter(id)}: ${name}, recorded`}
    >
      <div className="ln-head">
        <LaneMark id={id} size={14} />
        <h2 title={name}>{name}</h2>
        {value !== undefined && !Number.isNaN(value) && (
          <span className="ln-loss">
            <span className="ln-soft">loss</span> <Figures text={formatSignificant(value)} />
          </span>
        )}
        {value === undefined && <span className="ln-busy">no frame</span>}
        <CloseButton
          className="ui-small"
          label={`Remove lane ${laneLetter(id)}: ${name}`}
          onClick={() => void removeRecording(id)}
        />
      </div>
      <p className="ln-soft">
        Recorded, {steps}
        {columns?.areRemembered && ', its columns named as before'}.{' '}
        {columns && (
          <>
            <button type="button" className="ln-notes" onClick={() => columns.change()}>
              Columns…
            </button>{' '}
          </>
        )}
        {notes.length > 0 && (
          <TapTip className="ln-notes" content={<p>{notes.join(' ')}</p>} label={notes.join(' ')}>
            What it is without
          </TapTip>
        )}
      </p>
    </section>
  );
}

/** Runs that were opened from files: they are shown beside the lanes, and cannot be stepped or set. */
export function Recordings() {
  const recordings = useScope((scope) => scope.recordings);
  return (
    <>
      {recordings.map((lane) => (
        <RecordingCard key={lane.id} lane={lane} />
      ))}
      <Transfer />
    </>
  );
}
