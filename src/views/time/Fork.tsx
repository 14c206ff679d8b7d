import { useId, useRef, useState, type FormEvent } from 'react';
import { checkValue } from '../../config/check';
import type { ChoiceKey } from '../../config/choices';
import { parseValue, readPairs } from '../../config/codec';
import type { Config } from '../../config/fields';
import { formatCount } from '../../plot/format';
import { forkProblem } from '../../runs/forkSettings';
import { leadsTo, unreachable } from '../../runs/reach';
import { LANE_IDS, type Lane, type LaneId } from '../../runs/state';
import { TOGGLES } from '../lanes/LaneToggles';
import { Segmented } from '../lanes/Segmented';
import { named } from '../panels/lanes';
import { useScope, useScopeStore } from '../scope';
import { Button } from '../ui/buttons';
import { Pick } from '../ui/Pick';
import { Popup } from '../ui/Popup';
import { focusTrack } from './focusTrack';

const TOGGLED = Object.keys(TOGGLES) as (keyof typeof TOGGLES & ChoiceKey)[];

/** Lanes that a fork can go on from: at a step of the past, or where they stand. */
const ableOf = (lanes: readonly Lane[], step: number | null): Lane[] =>
  lanes.filter((lane) =>
    step === null
      ? lane.shown !== null && lane.engine.status === 'ready'
      : lane.shown !== null && leadsTo(lane, step),
  );

/** A new lane from the step on show, null for the present: of which lane, with which changes and, where four stand, in whose place. */
export function Fork({ step }: { step: number | null }) {
  const [open, setOpen] = useState(false);
  const problem = useScope((s) => {
    if (ableOf(s.lanes, step).length > 0) return null;
    const shown = s.lanes.filter((lane) => lane.shown !== null);
    return (step !== null && unreachable(shown, step)) || 'No lane has a frame of this step.';
  });
  /** The button beside which it stood goes for as long as the lanes are on their way. */
  const made = useRef(false);
  const done = () => {
    made.current = true;
    setOpen(false);
  };
  return (
    <Popup
      label="Fork"
      className="tm-fork"
      align="end"
      state={{ open, onOpenChange: setOpen }}
      onCloseAutoFocus={(event) => {
        if (!made.current) return;
        made.current = false;
        event.preventDefault();
        focusTrack();
      }}
      trigger={
        <Button className="tm-act" disabled={problem !== null} title={problem ?? undefined}>
          Fork from here…
        </Button>
      }
    >
      <ForkForm at={step} onDone={done} />
    </Popup>
  );
}

interface FormProps {
  at: number | null;
  onDone(): void;
}

function ForkForm({ at, onDone }: FormProps) {
  const { actions } = useScopeStore();
  const all = useScope((s) => s.lanes);
  const [picked, setPicked] = useState<LaneId | null>(null);
  const [changes, setChanges] = useState<Partial<Config>>({});
  const rate = useTyped();
  const more = useTyped();
  const [replaced, setReplaced] = useState<LaneId | null>(null);

  const lanes = named(all);
  const options = lanes.map(({ lane: { id }, name }) => ({
    value: id,
    label: `${id.toUpperCase()}: ${name}`,
  }));
  const able = lanes.filter(({ lane }) => ableOf(all, at).includes(lane));
  const of = able.find(({ lane }) => lane.id === picked) ?? able[0];
  if (!of) return <p>No lane has a frame of this step.</p>;
  const { id, shown } = of.lane;
  const step = at ?? shown!.frame.step;
  const config = { ...shown!.config, ...changes };
  const isFull = all.length === LANE_IDS.length;
  const last = all.at(-1)!.id;

  /** Checks all that was typed first: what was wrong would be lost with the form. */
  const fork = (event: FormEvent) => {
    event.preventDefault();
    // The keyboard of a phone may have the comma of its language alone; here it cannot be a separator.
    const text = rate.typed.trim().replace(',', '.');
    const lr = text ? checkValue('lr', parseValue('lr', text)) : null;
    const wanted = {
      ...changes,
      ...(lr && 'value' in lr && { lr: lr.value }),
      ...readPairs(new URLSearchParams(more.typed.trim())),
    } as Partial<Config>;
    const isRateWrong = rate.tell(lr && 'problem' in lr ? lr.problem.message : null);
    const isMoreWrong = more.tell(forkProblem(shown!.config, wanted));
    if (isRateWrong || isMoreWrong) return (isRateWrong ? rate : more).field.current?.focus();
    void actions.fork(id, step, wanted, isFull ? (replaced ?? last) : undefined);
    actions.showMoment('live');
    onDone();
  };
  return (
    <form onSubmit={fork}>
      <p>{`A new lane goes on from step ${formatCount(step)}, exactly, with what is changed here, and catches up with the others.`}</p>
      <div className="tm-row">
        <span>From</span>
        <Pick
          label="Lane to fork"
          value={id}
          options={options.filter(({ value }) => able.some(({ lane }) => lane.id === value))}
          onPick={(next) => setPicked(next as LaneId)}
        />
      </div>
      {TOGGLED.map((key) => (
        <Segmented
          key={key}
          id={key}
          {...TOGGLES[key]}
          value={config[key]}
          onPick={(next) => setChanges({ ...changes, [key]: next })}
        />
      ))}
      <TypedRow
        name="Learning rate"
        label="Learning rate of the fork"
        placeholder={String(config.lr)}
        inputMode="decimal"
        of={rate}
      />
      <TypedRow name="Other settings" placeholder="grad_clip=0&dropout=0.1" of={more} />
      {isFull && (
        <div className="tm-row">
          <span>In place of</span>
          <Pick
            label="Lane that the fork takes the place of"
            value={replaced ?? last}
            options={options}
            onPick={(next) => setReplaced(next as LaneId)}
          />
        </div>
      )}
      <button type="submit" className="ui-button">
        Fork
      </button>
    </form>
  );
}

/** A line that is typed, and what is wrong with it, which stands until it is typed over. */
function useTyped() {
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  return {
    ...{ typed, problem, field },
    type(text: string) {
      setTyped(text);
      setProblem(null);
    },
    tell(found: string | null): boolean {
      setProblem(found);
      return found !== null;
    },
  };
}

interface TypedRowProps {
  name: string;
  label?: string;
  placeholder: string;
  inputMode?: 'decimal';
  of: ReturnType<typeof useTyped>;
}

function TypedRow({ name, label = name, of, ...input }: TypedRowProps) {
  const { typed, problem, field, type } = of;
  const problemId = useId();
  return (
    <div className="tm-row">
      <span>{name}</span>
      <input
        ref={field}
        type="text"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        aria-label={label}
        aria-invalid={problem !== null}
        aria-describedby={problemId}
        value={typed}
        onChange={(event) => type(event.target.value)}
        {...input}
      />
      <p id={problemId} role="alert" className="tm-problem">
        {problem}
      </p>
    </div>
  );
}
