import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';
import { useFloat } from './float';

interface PopupProps extends Omit<Popover.PopoverContentProps, 'aria-label'> {
  label: string;
  trigger: ReactNode;
  /** Where something else opens or closes it too. */
  state?: { open: boolean; onOpenChange(open: boolean): void };
}

/** A button, and what it opens beside itself. */
export function Popup({ label, trigger, state, className, ...content }: PopupProps) {
  return (
    <Popover.Root {...state}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal container={useFloat()}>
        <Popover.Content
          className={`ui-popover ${className}`}
          aria-label={label}
          sideOffset={6}
          collisionPadding={8}
          {...content}
        />
      </Popover.Portal>
    </Popover.Root>
  );
}
