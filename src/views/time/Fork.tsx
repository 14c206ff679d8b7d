import { useState } from 'react';
import type { ChoiceKey } from '../../config/choices';
import { readPairs } from '../../config/codec';
import type { Config } from '../../config/fields';
import { formatCount } from '../../plot/format';
import { leadsTo, unreachable } from '../../runs/reach';
import { LANE_IDS, type LaneId } from '../../runs/state';
import { TOGGLES } from '../lanes/LaneToggles';
import { Segmented } from '../lanes/Segmented';
import { named } from '../panels/lanes';
import { useScope, useScopeStore } from '../scope';
import { Button } from '../ui/buttons';
import { NumberBox } from '../ui/NumberBox';
import { Pick } from '../ui/Pick';
import { Popup } from '../ui/Popup';

const TOGGLED = Object.keys(TOGGLES) as (keyof typeof TOGGLES & ChoiceKey)[];

const LIVE = 'A fork goes on from a step of the past: show one first';

/** A new lane from the step on show: of which lane, with which changes and, where four stand, in whose place. */
export function Fork({ step }: { step: number | null }) {
  const [open, setOpen] = useState(false);
  const problem = useScope((s) => {
    if (step === null) return LIVE;
    const shown = s.lanes.filter((lane) => lane.shown !== null);
    return shown.some((lane) => leadsTo(lane, step)) ? null : unreachable(shown, step);
  });
  return (
    <Popup
      label="Fork"
      className="tm-fork"
      align="end"
      state={{ open, onOpenChange: setOpen }}
      trigger={
        <Button className="tm-act" disabled={problem !== null} title={problem ?? undefined}>
          Fork from here…
        </Button>
      }
    >
      {step !== null && <ForkForm step={step} onDone={() => setOpen(false)} />}
    </Popup>
  );
}

interface FormProps {
  step: number;
  onDone(): void;
}

function ForkForm({ step, onDone }: FormProps) {
  const { actions } = useScopeStore();
  const all = useScope((s) => s.lanes);
  const [picked, setPicked] = useState<LaneId | null>(null);
  const [changes, setChanges] = useState<Partial<Config>>({});
  const [typed, setTyped] = useState('');
  const [replaced, setReplaced] = useState<LaneId | null>(null);

  const lanes = named(all);
  const options = lanes.map(({ lane: { id }, name }) => ({
    value: id,
    label: `${id.toUpperCase()}: ${name}`,
  }));
  const able = lanes.filter(({ lane }) => lane.shown !== null && leadsTo(lane, step));
  const of = able.find(({ lane }) => lane.id === picked) ?? able[0];
  if (!of) return <p>No lane has a frame of this step.</p>;
  const { id, shown } = of.lane;
  const config = { ...shown!.config, ...changes };
  const isFull = all.length === LANE_IDS.length;
  const last = all.at(-1)!.id;

  const fork = () => {
    const more = readPairs(new URLSearchParams(typed.trim())) as Partial<Config>;
    void actions.fork(id, step, { ...changes, ...more }, isFull ? (replaced ?? last) : undefined);
    actions.showMoment('live');
    onDone();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        fork();
      }}
    >
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
      <div className="tm-row">
        <span>Learning rate</span>
        <NumberBox
          live
          label="Learning rate of the fork"
          {...{ value: config.lr, min: 0, max: 1e3, size: 8 }}
          onChange={(lr) => setChanges({ ...changes, lr })}
        />
      </div>
      <label className="tm-row">
        <span>Other settings</span>
        <input
          value={typed}
          placeholder="grad_clip=0&dropout=0.1"
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
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
