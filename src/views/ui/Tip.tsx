import { Tooltip } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { useFloat } from './float';

interface TipProps {
  /** Contents of the tooltip, and the same in plain words for a screen reader. */
  content: ReactNode;
  label: string;
  side?: ComponentProps<typeof Tooltip.Content>['side'];
  open?: boolean;
  onOpenChange?(open: boolean): void;
  children: ReactNode;
}

/** A tooltip on the one element inside it. */
export function Tip({ content, label, side = 'bottom', open, onOpenChange, children }: TipProps) {
  return (
    <Tooltip.Root {...(open === undefined ? {} : { open })} {...(onOpenChange && { onOpenChange })}>
      <Tooltip.Trigger asChild>{children}</Tooltip.Trigger>
      <Tooltip.Portal container={useFloat()}>
        <Tooltip.Content
          className="ui-tip"
          side={side}
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
        >
          {content}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
