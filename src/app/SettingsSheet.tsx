import { Dialog } from 'radix-ui';
import { PastNote } from '../views/time/PastNote';
import { CloseButton } from '../views/ui/buttons';
import { useFocusBack } from '../views/ui/useFocusBack';
import { Settings, type SettingsProps } from './Settings';

/** The settings in a sheet over the lower half: the panels that they change stay in sight. */
export function SettingsSheet({ present, onClose }: SettingsProps & { onClose(): void }) {
  const focusBack = useFocusBack();
  return (
    <Dialog.Root open onOpenChange={onClose} modal={false}>
      <Dialog.Portal>
        <Dialog.Content
          className="app-sheet"
          aria-describedby={undefined}
          // Outside are the panels, which are there to be looked at and scrolled.
          onInteractOutside={(event) => event.preventDefault()}
          {...focusBack}
        >
          <div className="app-sheet-head">
            <Dialog.Title>Settings</Dialog.Title>
            <Dialog.Close asChild>
              <CloseButton label="Close the settings" />
            </Dialog.Close>
          </div>
          <div className="app-sheet-body">
            <Settings present={present} />
            <PastNote />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
