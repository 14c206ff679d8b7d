import { Popover } from 'radix-ui';
import { useRef, type RefObject } from 'react';
import type { Entry } from '../../config/glossary';
import { useActions } from '../scope';
import { Button } from '../ui/buttons';
import { Explain } from '../ui/Explain';
import { useFloat } from '../ui/float';

interface TermAboutProps {
  entry: Entry;
  /** The term that it is of. */
  anchor: RefObject<HTMLButtonElement | null>;
  onClose(): void;
}

/** What the page says of a term, beside it, with the way to its entry in the glossary. */
export function TermAbout({ entry, anchor, onClose }: TermAboutProps) {
  const { setView } = useActions();
  const isLeft = useRef(false);
  const { id, title, code, note, formula, source } = entry;
  const openGlossary = () => {
    // The glossary gives the focus back to where it was: not in what closes now.
    anchor.current?.focus();
    onClose();
    setView({ words: id });
  };
  return (
    <Popover.Root open onOpenChange={onClose}>
      <Popover.Anchor virtualRef={anchor as RefObject<HTMLButtonElement>} />
      <Popover.Portal container={useFloat()}>
        <Popover.Content
          className="ui-popover ui-term-about"
          aria-label={title}
          sideOffset={6}
          collisionPadding={8}
          onInteractOutside={(event) => {
            // The term itself closes it by its own press.
            if (anchor.current?.contains(event.target as Node)) event.preventDefault();
            else isLeft.current = true;
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (!isLeft.current) anchor.current?.focus();
          }}
        >
          <Explain
            {...{ title, note }}
            {...(code !== undefined && code !== title && { code })}
            {...(formula !== undefined && { formula })}
            {...(source !== undefined && { source })}
          />
          <Button onClick={openGlossary}>In the glossary</Button>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
