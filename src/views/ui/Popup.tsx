import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';
import { useFloat } from './float';

interface PopupProps extends Omit<Popover.PopoverContentProps, 'aria-label'> {
  label: string;
  trigger: ReactNode;
  /** What stands around the button, such as a tooltip. */
  wrap?(trigger: ReactNode): ReactNode;
  /** Where something else opens or closes it too. */
  state?: { open: boolean; onOpenChange(open: boolean): void };
}

/** A button, and what it opens beside itself. */
export function Popup({ label, trigger, wrap, state, className, ...content }: PopupProps) {
  const button = <Popover.Trigger asChild>{trigger}</Popover.Trigger>;
  return (
    <Popover.Root {...state}>
      {wrap ? wrap(button) : button}
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
