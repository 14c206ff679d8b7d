import { Collapsible } from 'radix-ui';
import { useState } from 'react';
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
  return (
    <Collapsible.Root
      className="ln-group"
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        remember(memory, String(next));
      }}
    >
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
