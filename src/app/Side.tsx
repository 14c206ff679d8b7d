import { Dialog } from 'radix-ui';
import { useState } from 'react';
import type { Key } from '../config/fields';
import { Lanes } from '../views/lanes/Lanes';
import { LaneTabs } from '../views/lanes/LaneTabs';
import { useScope } from '../views/scope';
import { CloseButton } from '../views/ui/buttons';
import { SlidersIcon } from '../views/ui/icons';
import { later } from '../views/ui/later';
import { Guard } from './Guard';

const Controls = later(() => import('../views/lanes/Controls').then((code) => code.Controls));
const PastNote = later(() => import('../views/time/PastNote').then((code) => code.PastNote));
const FewControls = later(() => import('../views/lanes/Controls').then((code) => code.FewControls));

/** The settings that a lecture turns to, where the others are left out. */
const IN_A_LECTURE: Key[] = ['n_layers', 'lr', 'warmup_steps', 'precision'];

interface SideProps {
  /** On a projector: the settings are a few. */
  present: boolean;
}

const Settings = ({ present }: SideProps) => (
  <Guard what="The settings">{present ? <FewControls keys={IN_A_LECTURE} /> : <Controls />}</Guard>
);

/** Lanes and settings in a column of their own. */
export function DeskSide({ present }: SideProps) {
  const hide = useScope(({ view }) => view.hide);
  const [hasLanes, hasSettings] = [!hide.includes('lanes'), !hide.includes('settings')];
  if (!hasLanes && !hasSettings) return null;
  return (
    <aside className="app-side" aria-label="Lanes and settings">
      {hasLanes && (
        <Guard what="The list of lanes">
          <Lanes />
        </Guard>
      )}
      {hasSettings && <Settings present={present} />}
      <PastNote />
    </aside>
  );
}

/** The lanes’ toggles, which stay at the top while the panels scroll. */
export function SmallScreenLanes({ present }: SideProps) {
  const hide = useScope(({ view }) => view.hide);
  const hasSettings = !hide.includes('settings');
  if (!hasSettings && hide.includes('lanes')) return null;
  return (
    <aside className="app-toggles" aria-label="Lanes">
      <Guard what="The list of lanes">
        <LaneTabs settings={hasSettings && <SettingsSheet present={present} />} />
      </Guard>
    </aside>
  );
}

/** The settings in a sheet over the lower half: the panels that they change stay in sight. */
function SettingsSheet({ present }: SideProps) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen} modal={false}>
      <Dialog.Trigger className="ui-icon-button app-sheet-button" aria-label="Settings">
        <SlidersIcon />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Content
          className="app-sheet"
          aria-describedby={undefined}
          // Outside are the panels, which are there to be looked at and scrolled.
          onInteractOutside={(event) => event.preventDefault()}
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
