import { useState, type ComponentProps, type ReactNode } from 'react';
import { Popup } from './Popup';
import { Tip } from './Tip';

interface TipPopupProps extends Omit<ComponentProps<'button'>, 'content'> {
  /** The words of the tooltip, in plain form. */
  label: string;
  /** The name of what a press opens. */
  name: string;
  /** The tooltip while it is pointed at, and the same with terms that can be pressed. */
  content(isPressed: boolean): ReactNode;
}

/** A button that tells something when it is pointed at, and keeps it there when it is pressed. */
export function TipPopup({ label, name, content, ...button }: TipPopupProps) {
  const [open, onOpenChange] = useState(false);
  const [isPointed, setPointed] = useState(false);
  return (
    <Popup
      label={name}
      state={{ open, onOpenChange }}
      wrap={(trigger) => (
        <Tip
          {...{ label }}
          content={content(false)}
          open={isPointed && !open}
          onOpenChange={setPointed}
        >
          {trigger}
        </Tip>
      )}
      // The focus that comes back is no wish to be told the same again.
      onCloseAutoFocus={() => queueMicrotask(() => setPointed(false))}
      trigger={<button type="button" {...button} />}
    >
      {content(true)}
    </Popup>
  );
}
