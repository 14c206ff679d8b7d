import { useId, useState, type FormEvent } from 'react';
import type { Asks, Predict } from '../../labs/lab';
import { formatSignificant } from '../../plot/format';
import { Button } from '../ui/buttons';
import { useDoing, useProgress, useStanding } from './context';
import { Outcome } from './TaskFrame';
import { comparedSentence, withUnit } from './words';

type Numeric = Extract<Asks, { kind: 'number' }>;

/** A comma is a decimal point on the keyboards of half the world. */
const read = (text: string): number | null => {
  const point = text.trim().replace(',', '.').replace('−', '-');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(point) ? Number(point) : null;
};

/** A number with its unit, and beside it what was measured. */
export function NumberGuess({ task, asks }: { task: Predict; asks: Numeric }) {
  const { desk } = useDoing();
  const id = useId();
  const [text, setText] = useState('');
  const [isWrong, setIsWrong] = useState(false);
  const answer = useProgress(({ answers }) => answers[task.id]);
  const standing = useStanding(task.id);
  if (answer)
    return (
      <>
        <p className="lb-said">Your prediction: {withUnit(Number(answer.given), asks)}.</p>
        {answer.measured === null ? (
          <p className="lb-soft">It is compared once it is measured. {standing}</p>
        ) : (
          <>
            <p className="lb-said">
              {comparedSentence(task, answer)} <Outcome isRight={answer.isRight} />
            </p>
            <Line asks={asks} given={Number(answer.given)} measured={Number(answer.measured)} />
          </>
        )}
      </>
    );
  const record = (event: FormEvent) => {
    event.preventDefault();
    const value = read(text);
    // Decades are between numbers above 0.
    const fits = value !== null && (asks.within !== null || value > 0);
    setIsWrong(!fits);
    if (fits) desk.answer(task, value);
  };
  return (
    <form className="lb-number" onSubmit={record}>
      <input
        className="lb-input"
        aria-label={asks.unit ? `Your prediction, in ${asks.unit}` : 'Your prediction'}
        aria-invalid={isWrong}
        aria-describedby={`${id}-problem`}
        inputMode="decimal"
        autoComplete="off"
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setIsWrong(false);
        }}
      />
      {asks.unit && <span aria-hidden="true">{asks.unit}</span>}
      <Button type="submit" className="lb-primary" disabled={text.trim() === ''}>
        Record
      </Button>
      <p id={`${id}-problem`} className="lb-problem" role="status">
        {isWrong &&
          (asks.within === null
            ? 'Type a number above 0, such as 0.02 or 3e-4.'
            : 'Type a number.')}
      </p>
    </form>
  );
}

const WIDTH = 340;
const EDGE = 30;

/** Prediction and measurement on one line; in decades where that is how they are compared. */
function Line({ asks, given, measured }: { asks: Numeric; given: number; measured: number }) {
  const isLog = asks.within === null;
  const place = (value: number) => (isLog ? Math.log10(value) : value);
  const [a, b] = [place(given), place(measured)];
  const reach = asks.within ?? asks.decades;
  if (![a, b].every(Number.isFinite)) return null;
  const [low, high] = [Math.min(a, b - reach), Math.max(a, b + reach)];
  const x = (at: number) => EDGE + ((at - low) / (high - low || 1)) * (WIDTH - 2 * EDGE);
  return (
    <svg className="lb-line" viewBox={`0 0 ${WIDTH} 46`} aria-hidden="true">
      <path className="axis" d={`M${EDGE / 2},23H${WIDTH - EDGE / 2}`} />
      <rect
        className="within"
        x={x(b - reach)}
        y="18"
        width={x(b + reach) - x(b - reach)}
        height="10"
      />
      <path className="measured" d={`M${x(b)},13V33`} />
      <text x={x(b)} y="44">{`measured ${formatSignificant(measured)}`}</text>
      <path className="guess" d={`M${x(a)},13V33`} />
      <text x={x(a)} y="9">{`predicted ${formatSignificant(given)}`}</text>
    </svg>
  );
}
