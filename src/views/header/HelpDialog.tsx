import { Dialog } from 'radix-ui';
import { CloseButton } from '../ui/buttons';
import { useFocusBack } from '../ui/useFocusBack';
import { HelpText } from './HelpText';

/** The help over the page. */
export function HelpDialog({ onClose }: { onClose(): void }) {
  // Opened by its key, it gives the focus back to where it was and not to the button.
  const focusBack = useFocusBack();
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        {/* A scrim of our own: the library’s writes a style element, which the page’s policy forbids. */}
        <div className="hd-scrim" />
        <Dialog.Content className="hd-help" aria-describedby={undefined} {...focusBack}>
          <div className="hd-help-head">
            <Dialog.Title>Normscope: an oscilloscope for transformers</Dialog.Title>
            <Dialog.Close asChild>
              <CloseButton label="Close the help" />
            </Dialog.Close>
          </div>
          <div className="hd-help-body" tabIndex={0} role="region" aria-label="Help text">
            <HelpText />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
