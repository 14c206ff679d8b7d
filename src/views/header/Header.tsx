import { useMemo, useState } from 'react';
import type { BackendId } from '../../protocol/engine';
import { formatCount } from '../../plot/format';
import { COMMANDS, type PageControls } from '../commands';
import { useScope, useScopeStore } from '../scope';
import { IconButton } from '../ui/buttons';
import { PresentIcon, ThemeIcon } from '../ui/icons';
import { BackendBadge } from './BackendBadge';
import { CostMeter } from './CostMeter';
import { Files } from './Files';
import { Help } from './Help';
import { Share } from './Share';
import { useShortcuts } from './shortcuts';
import { Transport } from './Transport';
import './header.css';

interface HeaderProps {
  backend: BackendId | null;
  otherTheme: 'light' | 'dark';
  onTheme(): void;
  /** On a projector: what only the desk needs is left out. */
  present: boolean;
  onPresent(): void;
}

function Counter() {
  // Lanes run in lock step; one that has just been built may be a frame behind.
  const step = useScope((s) => Math.max(0, ...s.lanes.map((lane) => lane.shown?.frame.step ?? 0)));
  return (
    <p className="hd-counter">
      step <span className="hd-step">{formatCount(step)}</span>
    </p>
  );
}

export function Header(props: HeaderProps) {
  const { backend, otherTheme, onTheme, present, onPresent } = props;
  const store = useScopeStore();
  const [helping, setHelping] = useState(false);
  const page = useMemo(
    (): PageControls => ({ store, openHelp: () => setHelping(true), togglePresent: onPresent }),
    [store, onPresent],
  );
  useShortcuts(page);
  return (
    <header className="hd">
      <h1>Normscope</h1>
      <Transport />
      <Counter />
      <CostMeter />
      {!present && <BackendBadge initial={backend} />}
      <div className="hd-tools" role="group" aria-label="Page">
        {!present && <Share />}
        {!present && <Files />}
        <IconButton
          className="hd-present"
          label={present ? 'Back to the desk' : 'Present'}
          shortcut={COMMANDS.present.shown}
          aria-pressed={present}
          icon={<PresentIcon />}
          onClick={onPresent}
        />
        <IconButton
          label={`Change to the ${otherTheme} theme`}
          icon={<ThemeIcon />}
          onClick={onTheme}
        />
        <Help open={helping} onOpenChange={setHelping} />
      </div>
    </header>
  );
}
