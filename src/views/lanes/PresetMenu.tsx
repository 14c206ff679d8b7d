import { DropdownMenu } from 'radix-ui';
import { useMemo, type ReactNode } from 'react';
import { presetOf } from '../../config/presets';
import type { LaneId } from '../../runs/state';
import { useScope } from '../scope';
import { later } from '../ui/later';
import { Tip } from '../ui/Tip';
import { useConfigsOf } from './useLane';

const PresetOptions = later(() => import('./PresetOptions').then((code) => code.PresetOptions));

interface PresetMenuProps {
  lanes: LaneId[];
  label: string;
  className: string;
  children: ReactNode;
}

/** Named configurations: one sets what belongs to it in these lanes, and what panels show of it, as one change. */
export function PresetMenu({ lanes, label, className, children }: PresetMenuProps) {
  const n_layers = useScope((s) => s.lanes.find(({ id }) => id === lanes[0])?.config.n_layers ?? 1);
  const configs = useConfigsOf(lanes);
  const current = useMemo(() => {
    const found = configs.map((config) => presetOf(config)?.id);
    return found.every((id) => id === found[0]) ? (found[0] ?? '') : '';
  }, [configs]);
  return (
    <DropdownMenu.Root modal={false}>
      <Tip label={label} content={label}>
        <DropdownMenu.Trigger className={className} aria-label={label}>
          {children}
        </DropdownMenu.Trigger>
      </Tip>
      <PresetOptions {...{ lanes, current, n_layers }} />
    </DropdownMenu.Root>
  );
}
