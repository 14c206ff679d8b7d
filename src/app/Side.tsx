import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { Lanes } from '../views/lanes/Lanes';
import { LaneTabs } from '../views/lanes/LaneTabs';
import { CloseIcon, SlidersIcon } from '../views/ui/icons';
import { later } from '../views/ui/later';
import { Guard } from './Guard';

const Controls = later(() => import('../views/lanes/Controls').then((code) => code.Controls));

/** Lanes and settings in a column of their own. */
export const DeskSide = ({ settings }: { settings: boolean }) => (
  <aside className="app-side" aria-label="Lanes and settings">
    <Guard what="The list of lanes">
      <Lanes />
    </Guard>
    {settings && (
      <Guard what="The settings">
        <Controls />
      </Guard>
    )}
  </aside>
);

/** The lanes’ toggles, which stay at the top while the panels scroll. */
export const SmallScreenLanes = () => (
  <aside className="app-toggles" aria-label="Lanes">
    <Guard what="The list of lanes">
      <LaneTabs />
    </Guard>
  </aside>
);

/** The settings in a sheet over the lower half: the panels that they change stay in sight. */
export function SmallScreenSettings() {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen} modal={false}>
      <Dialog.Trigger className="ui-button app-sheet-button" hidden={open}>
        <SlidersIcon />
        Settings
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Content
          className="app-sheet"
          aria-describedby={undefined}
          // What is outside are the panels, which are there to be looked at and scrolled.
          onInteractOutside={(event) => event.preventDefault()}
        >
          <div className="app-sheet-head">
            <Dialog.Title>Settings</Dialog.Title>
            <Dialog.Close asChild>
              <button type="button" className="ui-icon-button" aria-label="Close the settings">
                <CloseIcon />
              </button>
            </Dialog.Close>
          </div>
          <div className="app-sheet-body">
            <Guard what="The settings">
              <Controls />
            </Guard>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
