import { useState } from 'react';
import { Lanes } from '../views/lanes/Lanes';
import { LaneTabs } from '../views/lanes/LaneTabs';
import { useScope } from '../views/scope';
import { SlidersIcon } from '../views/ui/icons';
import { later } from '../views/ui/later';
import { Guard } from './Guard';
import { Settings, type SettingsProps } from './Settings';

const PastNote = later(() => import('../views/time/PastNote').then((code) => code.PastNote));
const SettingsSheet = later(() => import('./SettingsSheet').then((code) => code.SettingsSheet));

/** Lanes and settings in a column of their own. */
export function DeskSide({ present }: SettingsProps) {
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
export function SmallScreenLanes({ present }: SettingsProps) {
  const hide = useScope(({ view }) => view.hide);
  const hasSettings = !hide.includes('settings');
  if (!hasSettings && hide.includes('lanes')) return null;
  return (
    <aside className="app-toggles" aria-label="Lanes">
      <Guard what="The list of lanes">
        <LaneTabs settings={hasSettings && <SettingsButton present={present} />} />
      </Guard>
    </aside>
  );
}

/** Opens the settings, which come over the lower half. */
function SettingsButton({ present }: SettingsProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="ui-icon-button app-sheet-button"
        aria-label="Settings"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <SlidersIcon />
      </button>
      {open && <SettingsSheet present={present} onClose={() => setOpen(false)} />}
    </>
  );
}
