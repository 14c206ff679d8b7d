import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import type { LaneId } from '../../runs/state';
import { later } from '../ui/later';
import { Tip } from '../ui/Tip';

const PresetOptions = later(() => import('./PresetOptions').then((code) => code.PresetOptions));

interface PresetMenuProps {
  lanes: LaneId[];
  label: string;
  className: string;
  children: ReactNode;
}

/** Named configurations: one sets what belongs to it in these lanes, and what panels show of it, as one change. */
export const PresetMenu = ({ lanes, label, className, children }: PresetMenuProps) => (
  <DropdownMenu.Root modal={false}>
    <Tip label={label} content={label}>
      <DropdownMenu.Trigger className={className} aria-label={label}>
        {children}
      </DropdownMenu.Trigger>
    </Tip>
    <PresetOptions lanes={lanes} />
  </DropdownMenu.Root>
);
