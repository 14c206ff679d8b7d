import { Collapsible } from 'radix-ui';
import { createElement, useRef, useState, type ComponentType } from 'react';
import { whyNotInAny } from '../../config/applies';
import { DEFAULTS, GROUPS, type Config, type Group, type Key } from '../../config/fields';
import { frames } from '../../lib/frames';
import type { LaneId } from '../../runs/state';
import { ChevronIcon } from '../ui/icons';
import { Notices } from '../ui/Notices';
import { recall, remember } from '../ui/remembered';
import { FieldRow } from './FieldRow';
import { SeedProgress, Seeds } from './Seeds';
import { TextSource } from './TextSource';
import { useOfConfigs } from './useLane';

/** The line under a setting. */
const UNDER: Partial<Record<Key, ComponentType>> = { task: TextSource, seed: Seeds };

interface FieldGroupProps {
  name: Group;
  keys: Key[];
  lanes: LaneId[];
}

/** Those of the settings that change nothing in any of the lanes. */
const idleOf = (keys: Key[], configs: Config[]): Key[] =>
  keys.filter((key) => whyNotInAny(key, configs) !== null);

/** Settings that change nothing now, out of the way and each with its reason. */
function IdleFields({ keys, lanes }: { keys: Key[]; lanes: LaneId[] }) {
  const [open, setOpen] = useState(false);
  if (keys.length === 0) return null;
  return (
    <Collapsible.Root className="ln-idle" open={open} onOpenChange={setOpen}>
      <Collapsible.Trigger className="ln-idle-name">
        <ChevronIcon />
        {keys.length === 1 ? '1 that does not apply here' : `${keys.length} that do not apply here`}
      </Collapsible.Trigger>
      {!open && keys.map((key) => <Notices key={key} about={key} />)}
      <Collapsible.Content>
        {keys.map((key) => (
          <FieldRow key={key} id={key} lanes={lanes} />
        ))}
      </Collapsible.Content>
    </Collapsible.Root>
  );
}

/** Settings that belong together; whether they show is remembered. */
export function FieldGroup({ name, keys, lanes }: FieldGroupProps) {
  const memory = `group.${name}`;
  const [open, setOpen] = useState(() => (recall(memory) ?? String(name === GROUPS[0])) === 'true');
  const changed = useOfConfigs(lanes, (configs) => {
    const isChanged = (key: Key) => configs.some((config) => config[key] !== DEFAULTS[key]);
    return keys.filter(isChanged).length;
  });
  const idle = useOfConfigs(lanes, (configs) => idleOf(keys, configs));
  const root = useRef<HTMLDivElement>(null);
  const toggle = (next: boolean) => {
    setOpen(next);
    remember(memory, String(next));
    // A group that was opened at the lower edge is to be seen.
    if (next) frames.draw(() => root.current?.scrollIntoView({ block: 'nearest' }));
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
      {/* Messages about a setting are not hidden with it. */}
      {!open && keys.map((key) => <Notices key={key} about={key} />)}
      {!open && keys.includes('seed') && <SeedProgress />}
      <Collapsible.Content>
        {keys
          .filter((key) => !idle.includes(key))
          .map((key) => (
            <div key={key}>
              <FieldRow id={key} lanes={lanes} />
              {UNDER[key] && createElement(UNDER[key])}
            </div>
          ))}
        <IdleFields keys={idle} lanes={lanes} />
      </Collapsible.Content>
    </Collapsible.Root>
  );
}
