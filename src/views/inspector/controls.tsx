import type { ReactNode } from 'react';
import type { LaneId } from '../../runs/laneId';
import { LaneMark } from '../ui/LaneMark';
import type { InspectedLane } from './props';

export interface Choice<T extends string> {
  id: T;
  label: ReactNode;
  title?: string;
}

interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  options: readonly Choice<T>[];
  onPick(id: NoInfer<T>): void;
}

/** A few choices side by side. */
export const Segments = <T extends string>({ label, value, options, onPick }: SegmentsProps<T>) => (
  <div className="panel-kind" role="group" aria-label={label}>
    {options.map((option) => (
      <button
        key={option.id}
        type="button"
        aria-pressed={option.id === value}
        title={option.title}
        onClick={() => onPick(option.id)}
      >
        {option.label}
      </button>
    ))}
  </div>
);

interface SwitchesProps<T extends string> {
  label: string;
  on: readonly T[];
  options: readonly Choice<T>[];
  onChange(on: NoInfer<T>[]): void;
}

/** The same of which any number is on. */
export const Switches = <T extends string>({ label, on, options, onChange }: SwitchesProps<T>) => (
  <div className="panel-kind" role="group" aria-label={label}>
    {options.map(({ id, label, title }) => (
      <button
        key={id}
        type="button"
        aria-pressed={on.includes(id)}
        title={title}
        onClick={() => onChange(on.includes(id) ? on.filter((one) => one !== id) : [...on, id])}
      >
        {label}
      </button>
    ))}
  </div>
);

type Named = Pick<InspectedLane, 'id' | 'name'>;

/** Lanes by mark, colour and name, for plots in which a name has no end of a curve to stand at. */
export const LaneKey = ({ lanes }: { lanes: readonly Named[] }) => (
  <ul className="in-key">
    {lanes.map(({ id, name }) => (
      <li key={id} style={{ color: `var(--lane-${id})` }}>
        <LaneMark id={id} size={11} />
        {name}
      </li>
    ))}
  </ul>
);

interface LanePickProps {
  lanes: readonly Named[];
  value: LaneId;
  onPick(lane: LaneId): void;
}

/** The lane of what shows one alone; its name where there is no other. */
export const LanePick = ({ lanes, value, onPick }: LanePickProps) =>
  lanes.length < 2 ? (
    <LaneKey lanes={lanes} />
  ) : (
    <div className="panel-kind in-lanes" role="group" aria-label="Lane">
      {lanes.map(({ id, name }) => (
        <button
          key={id}
          type="button"
          aria-pressed={id === value}
          title={name}
          onClick={() => onPick(id)}
        >
          <LaneMark id={id} size={11} />
          <span>{name}</span>
        </button>
      ))}
    </div>
  );

/** Lanes without what the view shows. */
export const Absent = ({ lanes, has }: { lanes: readonly Named[]; has: string }) =>
  lanes.map(({ id, name }) => (
    <p key={id} className="in-absent">
      <LaneMark id={id} size={11} />
      {`${name} has ${has}.`}
    </p>
  ));
