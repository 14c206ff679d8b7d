import { Dialog } from 'radix-ui';
import { useId, useState } from 'react';
import { counted, shortened } from '../../lib/words';
import { checkTargets } from '../../runs/recordings/columns/check';
import type { ColumnsQuestion } from '../../runs/recordings/columns/question';
import type { ColumnRow } from '../../runs/recordings/columns/rows';
import { suggestionsFor } from '../../runs/recordings/columns/suggestions';
import { useActions } from '../scope';
import { Button, CloseButton } from '../ui/buttons';
import './columns.css';

interface RowProps {
  row: ColumnRow;
  target: string;
  problem: string | undefined;
  onName(target: string): void;
}

/** Columns of one pattern, and the field that says what they are. */
function Row({ row, target, problem, onName }: RowProps) {
  const id = useId();
  const { pattern, names } = row;
  const [first, last] = [names[0]!, names.at(-1)!];
  return (
    <li className="cl-row">
      <label htmlFor={id}>
        <code>{shortened(pattern)}</code>
        {names.length > 1 && (
          <span className="cl-count">
            {counted(names.length)} columns, {shortened(first, 40)} to {shortened(last, 40)}
          </span>
        )}
      </label>
      <span className="cl-field">
        <input
          id={id}
          className="ln-line"
          list={`${id}-list`}
          value={target}
          placeholder="left out"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          aria-invalid={problem !== undefined}
          aria-describedby={`${id}-problem`}
          onChange={(event) => onName(event.target.value)}
        />
        <CloseButton
          className="ui-small"
          label={`Leave out ${pattern}`}
          disabled={target === ''}
          onClick={() => onName('')}
        />
        <datalist id={`${id}-list`}>
          {suggestionsFor(row).map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </span>
      <p id={`${id}-problem`} className="cl-problem" role="status">
        {problem}
      </p>
    </li>
  );
}

/** Asks what the columns of a file are that are not known here, each pattern in a row of its own. */
export function Columns({ name, question }: { name: string; question: ColumnsQuestion }) {
  const { cancelTransfer } = useActions();
  const { rows, known, answer } = question;
  const [targets, setTargets] = useState(question.targets);
  const { problems } = checkTargets(rows, known, targets);
  const isAnyNamed = Object.values(targets).some((target) => target.trim() !== '');
  const hasOwn = known.some((column) => column !== 'step');
  return (
    <Dialog.Root open onOpenChange={() => cancelTransfer()}>
      <Dialog.Portal>
        <div className="hd-scrim" />
        <Dialog.Content className="hd-help cl-dialog" aria-describedby="cl-about">
          <div className="hd-help-head">
            <Dialog.Title>Columns of {name}</Dialog.Title>
            <Dialog.Close asChild>
              <CloseButton label="Do not open it" />
            </Dialog.Close>
          </div>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              answer(targets);
            }}
          >
            <div className="hd-help-body">
              <p id="cl-about" className="cl-about">
                {hasOwn
                  ? `${counted(known.length)} columns are known here; these are not.`
                  : 'None of its columns has a name that is known here.'}{' '}
                Say what each is, or leave it out. <code>{'{n}'}</code> is the number in a name,{' '}
                <code>{'{n-1}'}</code> one less, for layers that count from 1.
              </p>
              <ul className="cl-rows">
                {rows.map((row) => (
                  <Row
                    key={row.pattern}
                    row={row}
                    target={targets[row.pattern] ?? ''}
                    problem={problems.get(row.pattern)}
                    onName={(target) => setTargets({ ...targets, [row.pattern]: target })}
                  />
                ))}
              </ul>
            </div>
            <div className="cl-foot">
              <Button onClick={() => cancelTransfer()}>Cancel</Button>
              {hasOwn && <Button onClick={() => answer({})}>Open without them</Button>}
              <button
                type="submit"
                className="ui-button cl-open"
                disabled={problems.size > 0 || !(isAnyNamed || hasOwn)}
              >
                Open
              </button>
            </div>
          </form>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
