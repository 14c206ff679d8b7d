import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { COMMANDS } from '../commands';
import { useActions } from '../scope';
import { Button, CloseButton } from '../ui/buttons';
import { FloatProvider } from '../ui/float';
import { useFocusBack } from '../ui/useFocusBack';
import { HelpText } from './HelpText';

/** The help over the page. */
export function HelpDialog({ onClose }: { onClose(): void }) {
  // Opened by its key, it gives the focus back to where it was and not to the button.
  const focusBack = useFocusBack();
  const { setView } = useActions();
  /** What floats does so within the dialog: what is outside of it cannot be reached. */
  const [content, setContent] = useState<HTMLElement | null>(null);
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        {/* A scrim of our own: the library’s writes a style element, which the page’s policy forbids. */}
        <div className="hd-scrim" />
        <Dialog.Content
          ref={setContent}
          className="hd-help"
          aria-describedby={undefined}
          {...focusBack}
        >
          <FloatProvider value={content}>
            <div className="hd-help-head">
              <Dialog.Title>Normscope: an oscilloscope for transformers</Dialog.Title>
              <Dialog.Close asChild>
                <CloseButton label="Close the help" />
              </Dialog.Close>
            </div>
            <div className="hd-help-body" tabIndex={0} role="region" aria-label="Help text">
              <p className="hd-help-ways">
                <Dialog.Close asChild>
                  <Button onClick={() => setView({ words: '' })}>
                    Glossary <kbd>{COMMANDS.words.shown}</kbd>
                  </Button>
                </Dialog.Close>
                <span className="hd-soft">
                  Every term of the page, explained. Those with dots under them open here.
                </span>
              </p>
              <HelpText />
            </div>
          </FloatProvider>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
