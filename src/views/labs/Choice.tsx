import { RadioGroup } from 'radix-ui';
import { useId, useState } from 'react';
import type { Asks, Predict } from '../../labs/lab';
import { isTold } from '../../labs/progress';
import { Button } from '../ui/buttons';
import { Inline } from './Content';
import { useDoing, useProgress } from './context';
import { Outcome } from './TaskFrame';

type Options = Extract<Asks, { kind: 'choice' }>;

/** One of several answers. */
export function Choice({ task, asks }: { task: Predict; asks: Options }) {
  const { desk, lab } = useDoing();
  const name = useId();
  const [picked, setPicked] = useState<number | null>(null);
  const given = useProgress(({ answers }) => answers[task.id]?.given);
  const isOpen = useProgress((progress) => given !== undefined && isTold(task.id, lab, progress));
  const isFixed = given !== undefined;
  const chosen = isFixed ? Number(given) : picked;
  const mark = (i: number) => {
    if (!isOpen) return null;
    const isRight = i === asks.answer;
    return isRight || i === given ? <Outcome isRight={isRight} /> : null;
  };
  return (
    <>
      <RadioGroup.Root
        className="lb-options"
        aria-label="Answers"
        disabled={isFixed}
        value={chosen === null ? '' : String(chosen)}
        onValueChange={(value) => setPicked(Number(value))}
      >
        {asks.options.map(({ text }, i) => (
          <div key={i} className="lb-option" data-chosen={chosen === i || undefined}>
            <RadioGroup.Item
              className="hd-radio"
              id={`${name}-${i}`}
              value={String(i)}
              aria-labelledby={`${name}-${i}-text`}
            />
            <label id={`${name}-${i}-text`} htmlFor={`${name}-${i}`}>
              <Inline tree={text} /> {mark(i)}
            </label>
          </div>
        ))}
      </RadioGroup.Root>
      {isFixed ? (
        <p className="lb-said">
          {isOpen
            ? given === asks.answer
              ? 'Your prediction was right.'
              : 'Your prediction was not right.'
            : 'Your prediction is recorded.'}
        </p>
      ) : (
        <Button
          className="lb-primary"
          disabled={picked === null}
          onClick={() => picked !== null && desk.answer(task, picked)}
        >
          Record
        </Button>
      )}
    </>
  );
}
