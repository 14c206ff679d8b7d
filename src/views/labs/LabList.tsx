import { useRef } from 'react';
import { useStore } from 'zustand';
import { LABS, STORIES } from '../../labs/catalogue';
import { keptName, type LabDesk } from '../../labs/desk/desk';
import type { KeptLab } from '../../labs/desk/shelf';
import { isOlder, newestFrom } from '../../labs/desk/versions';
import { Button, CloseButton } from '../ui/buttons';
import { FileInput } from '../ui/FileInput';
import { useActions } from '../scope';
import { minutesOf, percentDone } from './words';

interface Entry {
  title: string;
  question: string;
  minutes: number;
  level?: string;
  kept: KeptLab | undefined;
  open(): void;
}

/** Labs that ship, and others that were begun in this browser. */
export function LabList({ desk }: { desk: LabDesk }) {
  const kept = useStore(desk.store, (s) => s.kept);
  const { openFile } = useActions();
  const file = useRef<HTMLInputElement>(null);
  const shipped = LABS.map(({ id, ...rest }): Entry => ({
    ...rest,
    kept: newestFrom(kept, id),
    open: () => desk.open(id),
  }));
  const others = kept.filter(
    (one) => isOlder(one, kept) || !LABS.some(({ id }) => id === one.from),
  );
  return (
    <div className="lb-body">
      <p>
        A lab is done beside the live page: you predict, run it, and see. It is kept in this
        browser, and at its end you save a report.
      </p>
      <ul className="lb-list" aria-label="Stories">
        {STORIES.map(({ id, title, question, minutes }) => (
          <Line
            key={id}
            {...{ title, question, minutes, kept: undefined }}
            open={() => desk.open(id)}
          />
        ))}
      </ul>
      <ul className="lb-list" aria-label="Labs">
        {shipped.map((entry) => (
          <Line key={entry.title} {...entry} />
        ))}
      </ul>
      {others.length > 0 && (
        <>
          <h3>Other labs that you began</h3>
          <ul className="lb-list" aria-label="Other labs">
            {others.map((one) => {
              const { progress, question, minutes, from } = one;
              const { title, print } = progress.lab;
              const isOld = isOlder(one, kept);
              return (
                <Line
                  key={print}
                  {...{ title, question, minutes, kept: one }}
                  {...(isOld && { level: 'an older version' })}
                  open={() => desk.open(isOld || from === null ? keptName(one) : from)}
                  onForget={() => desk.forget(print)}
                />
              );
            })}
          </ul>
        </>
      )}
      <Button onClick={() => file.current?.click()}>Open a lab from a file…</Button>
      <FileInput ref={file} accept=".md" onFile={(picked) => void openFile(picked)} />
    </div>
  );
}

function Line({
  title,
  question,
  minutes,
  level,
  kept,
  open,
  onForget,
}: Entry & { onForget?(): void }) {
  return (
    <li>
      <button type="button" className="lb-entry" onClick={open}>
        <b>{title}</b>
        <span>{question}</span>
        <span className="lb-soft">
          {[minutesOf(minutes), level, kept && percentDone(kept.share)].filter(Boolean).join(' · ')}
        </span>
        {kept && <progress aria-hidden="true" max={1} value={kept.share} />}
      </button>
      {onForget && (
        <CloseButton
          className="ui-small"
          label={`Forget ${title} and your answers`}
          onClick={onForget}
        />
      )}
    </li>
  );
}
