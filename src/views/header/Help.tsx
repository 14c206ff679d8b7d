import { Dialog } from 'radix-ui';
import { useRef } from 'react';
import { COMMANDS, tipOf } from '../commands';
import { CloseButton, IconButton } from '../ui/buttons';
import { HelpIcon } from '../ui/icons';
import { later } from '../ui/later';

const HelpText = later(() => import('./HelpText').then((code) => code.HelpText));

export function Help({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const before = useRef<Element | null>(null);
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Trigger asChild>
        <IconButton {...tipOf(COMMANDS.help)} icon={<HelpIcon />} />
      </Dialog.Trigger>
      <Dialog.Portal>
        {/* A scrim of our own: the library’s writes a style element, which the page’s policy forbids. */}
        <div className="hd-scrim" />
        <Dialog.Content
          className="hd-help"
          aria-describedby={undefined}
          onOpenAutoFocus={() => {
            before.current = document.activeElement;
          }}
          // Opened by its key, it gives the focus back to where it was and not to the button.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (before.current instanceof HTMLElement) before.current.focus();
          }}
        >
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
