import { Tooltip } from 'radix-ui';
import { type ComponentProps, type ReactNode, useState } from 'react';
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

interface TapTipProps extends Omit<ComponentProps<'button'>, 'content'> {
  /** The tooltip's words, also in plain form for a screen reader. */
  content: ReactNode;
  label: string;
}

/** A button that is there for its tooltip. A tap has no hover, and a tooltip closes on press: here both open it. */
export function TapTip({ content, label, ...button }: TapTipProps) {
  const [open, setOpen] = useState(false);
  return (
    <Tip {...{ open, content, label }} onOpenChange={setOpen}>
      <button
        type="button"
        onPointerDown={(event) => event.preventDefault()}
        onClick={(event) => {
          event.preventDefault();
          setOpen(true);
        }}
        {...button}
      />
    </Tip>
  );
}
