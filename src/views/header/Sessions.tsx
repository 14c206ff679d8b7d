import { useEffect, useState } from 'react';
import { reasonOf } from '../../lib/reason';
import { counted } from '../../lib/words';
import { furthest, type Entry } from '../../runs/sessions/format';
import { namesOf, savedAt } from '../../runs/sessions/words';
import { useActions } from '../scope';
import { Button } from '../ui/buttons';

function SessionLine({ entry, onContinue, onDelete }: SessionLineProps) {
  const { head, problem } = entry;
  return (
    <li>
      <div>
        <b>{head ? savedAt(head) : 'Not readable'}</b>
        <p>{head ? `${namesOf(head)} · step ${counted(furthest(head))}` : problem}</p>
      </div>
      {head && <Button onClick={onContinue}>Continue</Button>}
      <Button onClick={onDelete}>Delete</Button>
    </li>
  );
}
interface SessionLineProps {
  entry: Entry;
  onContinue(): void;
  onDelete(): void;
}

/** The sessions that this browser keeps, but for those of open tabs. */
export function Sessions({ onClose }: { onClose(): void }) {
  const { storedSessions, continueSession, deleteSession } = useActions();
  const [entries, setEntries] = useState<Entry[] | null>(null);
  const [problem, setProblem] = useState('');
  const show = (found: Promise<Entry[]>) =>
    found.then(setEntries).catch((error: unknown) => setProblem(reasonOf(error)));
  useEffect(() => void show(storedSessions()), [storedSessions]);
  return (
    <>
      <p role="status">
        {problem || (entries?.length === 0 ? 'None but that of this page, if it was trained.' : '')}
      </p>
      <ul>
        {entries?.map((entry) => (
          <SessionLine
            key={entry.id}
            entry={entry}
            onContinue={() => {
              onClose();
              void continueSession(entry.id);
            }}
            onDelete={() => void show(deleteSession(entry.id).then(storedSessions))}
          />
        ))}
      </ul>
      <p className="hd-sessions-about">
        Once a page has trained, its lanes, history and newest states are kept in this browser: this
        page’s and the last two before it. Continuing takes the place of what is open.
      </p>
    </>
  );
}
