import { useId } from 'react';
import { useShallow } from 'zustand/shallow';
import { laneNames } from '../../config/naming';
import { sameConfig } from '../../runs/link';
import { readAxis } from '../../sweeps/axis';
import type { Draft } from '../../sweeps/link';
import { readResult } from '../../sweeps/result';
import { MOST_SEEDS, MOST_STEPS, type TypedSweep } from '../../sweeps/sweep';
import { useScope } from '../scope';
import { Button } from '../ui/buttons';
import { laneLetter } from '../ui/LaneMark';
import { NumberBox } from '../ui/NumberBox';
import { Pick } from '../ui/Pick';
import { AxisField } from './AxisField';
import { defaultAxis, RESULTS, resultLabel } from './defaults';

interface FormProps {
  draft: Draft;
  problems: readonly string[];
  onChange(draft: Draft): void;
}

/** The settings of a sweep. */
export function Form({ draft, problems, onChange }: FormProps) {
  const { typed, base } = draft;
  const change = (changes: Partial<TypedSweep>) =>
    onChange({ ...draft, typed: { ...typed, ...changes } });
  const setAxis = (i: number, text: string) =>
    change({ grid: typed.grid.map((one, at) => (at === i ? text : one)) });
  // A problem of an axis or of the result stands beside it.
  const told = [...typed.grid.map(readAxis), readResult(typed.result)].flatMap((read) =>
    'problem' in read ? [read.problem] : [],
  );
  const rest = problems.filter((problem) => !told.includes(problem));
  return (
    <form className="sw-form" aria-label="Sweep" onSubmit={(event) => event.preventDefault()}>
      <Base base={base} onPick={(config) => onChange({ ...draft, base: config })} />
      {typed.grid.map((text, i) => (
        <AxisField
          key={i}
          label={i ? 'Second axis' : 'First axis'}
          typed={text}
          onChange={(text) => setAxis(i, text)}
          onRemove={
            typed.grid.length > 1
              ? () => change({ grid: typed.grid.filter((_, at) => at !== i) })
              : undefined
          }
        />
      ))}
      {typed.grid.length < 2 && (
        <Button
          onClick={() => {
            const other = typed.grid[0]?.startsWith('n_layers=') ? 'lr' : 'n_layers';
            change({ grid: [...typed.grid, defaultAxis(other)] });
          }}
        >
          Add a second axis
        </Button>
      )}
      <ResultField typed={typed.result} onChange={(result) => change({ result })} />
      <div className="sw-numbers">
        <label>
          <span>Seeds</span>
          <NumberBox
            label="Seeds of each cell"
            {...{ min: 1, max: MOST_SEEDS, whole: true, value: typed.seeds }}
            onChange={(seeds) => change({ seeds })}
          />
        </label>
        <label>
          <span>Steps</span>
          <NumberBox
            label="Steps of each run"
            {...{ min: 1, max: MOST_STEPS, whole: true, value: typed.steps, size: 5 }}
            onChange={(steps) => change({ steps })}
          />
        </label>
      </div>
      <div role="status" className="sw-problem">
        {rest.map((problem) => (
          <p key={problem}>{problem}</p>
        ))}
      </div>
    </form>
  );
}

function Base({ base, onPick }: { base: Draft['base']; onPick(base: Draft['base']): void }) {
  const configs = useScope(useShallow(({ lanes }) => lanes.map(({ config }) => config)));
  const ids = useScope(useShallow(({ lanes }) => lanes.map(({ id }) => id)));
  const names = laneNames(configs);
  const at = configs.findIndex((config) => sameConfig(config, base));
  const options = ids.map((id, i) => ({ value: id, label: `${laneLetter(id)}: ${names[i]!}` }));
  return (
    <fieldset className="sw-field">
      <legend>Settings of</legend>
      <Pick
        className="sw-pick"
        label="Settings of"
        value={ids[at] ?? ''}
        shown={at < 0 ? 'the sweep, as it was begun' : options[at]!.label}
        options={options}
        onPick={(id) => onPick(configs[ids.indexOf(id as (typeof ids)[number])]!)}
      />
    </fieldset>
  );
}

function ResultField({ typed, onChange }: { typed: string; onChange(typed: string): void }) {
  const id = useId();
  const read = readResult(typed);
  const problem = 'problem' in read ? read.problem : null;
  return (
    <fieldset className="sw-field">
      <legend>Result</legend>
      <Pick
        className="sw-pick"
        label="Result"
        value={typed}
        shown={RESULTS.some((one) => one.typed === typed) ? resultLabel(typed) : 'as typed'}
        options={RESULTS.map(({ typed, label, note }) => ({
          value: typed,
          label,
          note,
          code: typed,
        }))}
        onPick={onChange}
      />
      <input
        className="sw-text"
        aria-label="Result, typed"
        aria-invalid={problem !== null}
        aria-describedby={`${id}-problem`}
        value={typed}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        onChange={({ target }) => onChange(target.value)}
      />
      <p id={`${id}-problem`} className="sw-problem" role="status">
        {problem}
      </p>
    </fieldset>
  );
}
