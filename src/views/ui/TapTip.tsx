import { useState, type ComponentProps, type ReactNode } from 'react';
import { Tip } from './Tip';

interface TapTipProps extends Omit<ComponentProps<'button'>, 'content'> {
  /** What the tooltip shows, and in plain words for a screen reader. */
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
