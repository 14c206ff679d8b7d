import { Collapsible } from 'radix-ui';
import { useRef, useState } from 'react';
import { DEFAULTS, GROUPS, type Group, type Key } from '../../config/fields';
import type { LaneId } from '../../runs/state';
import { useScope } from '../scope';
import { ChevronIcon } from '../ui/icons';
import { recall, remember } from '../ui/remembered';
import { FieldRow } from './FieldRow';
import { TextSource } from './TextSource';

interface FieldGroupProps {
  name: Group;
  keys: Key[];
  lanes: LaneId[];
}

/** Settings that belong together; whether they show is remembered. */
export function FieldGroup({ name, keys, lanes }: FieldGroupProps) {
  const memory = `group.${name}`;
  const [open, setOpen] = useState(() => (recall(memory) ?? String(name === GROUPS[0])) === 'true');
  const changed = useScope(
    (s) =>
      keys.filter((key) =>
        s.lanes.some((l) => lanes.includes(l.id) && l.config[key] !== DEFAULTS[key]),
      ).length,
  );
  const root = useRef<HTMLDivElement>(null);
  const toggle = (next: boolean) => {
    setOpen(next);
    remember(memory, String(next));
    // What was opened at the lower edge is to be seen.
    if (next) requestAnimationFrame(() => root.current?.scrollIntoView({ block: 'nearest' }));
  };
  return (
    <Collapsible.Root ref={root} className="ln-group" open={open} onOpenChange={toggle}>
      <h2>
        <Collapsible.Trigger className="ln-group-name">
          <ChevronIcon />
          {name}
          {changed > 0 && <span className="ln-changed">{changed} changed</span>}
        </Collapsible.Trigger>
      </h2>
      <Collapsible.Content>
        {keys.map((key) => (
          <div key={key}>
            <FieldRow id={key} lanes={lanes} />
            {key === 'task' && <TextSource />}
          </div>
        ))}
      </Collapsible.Content>
    </Collapsible.Root>
  );
}
