import { useMemo, useState } from 'react';
import type { BackendId } from '../../protocol/engine';
import { engineStep } from '../../runs/state';
import { formatCount } from '../../plot/format';
import { COMMANDS, type PageControls } from '../commands';
import { useScope, useScopeStore } from '../scope';
import { IconButton } from '../ui/buttons';
import { PresentIcon, ThemeIcon } from '../ui/icons';
import { BackendBadge } from './BackendBadge';
import { ClaimsButton } from './Claims';
import { CostMeter } from './CostMeter';
import { Files } from './Files';
import { Help } from './Help';
import { LabsButton } from './Labs';
import { Share } from './Share';
import { SweepsButton } from './Sweeps';
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
  /** Of a page in another one’s frame: the address of the same page in a window of its own. */
  whole: ((link: string) => string) | null;
}

/** The step on show and, where that is of the past, where training is meanwhile. */
function Counter() {
  const moment = useScope((s) => s.moment);
  // Lanes run in lock step; one that has just been built may be a frame behind.
  const newest = useScope((s) => Math.max(0, ...s.lanes.map(engineStep)));
  const playing = useScope((s) => s.playing);
  const isPast = moment !== 'live';
  return (
    <p className="hd-counter" data-past={isPast || undefined}>
      <span className="hd-word">step </span>
      <span className="hd-step">{formatCount(isPast ? moment : newest)}</span>
      {isPast && (
        <>
          {Number(moment) > newest ? ' · ahead' : ' · past'}
          <span className="hd-now">
            {' · '}
            {playing ? 'training' : 'paused'} at {formatCount(newest)}
          </span>
        </>
      )}
    </p>
  );
}

export function Header(props: HeaderProps) {
  const { backend, otherTheme, onTheme, present, onPresent, whole } = props;
  const store = useScopeStore();
  const [helping, setHelping] = useState(false);
  const page = useMemo(
    (): PageControls => ({ store, openHelp: () => setHelping(true), togglePresent: onPresent }),
    [store, onPresent],
  );
  useShortcuts(page);
  return (
    <header className="hd">
      <h1>
        {whole ? (
          <a
            href={whole(location.href)}
            target="_blank"
            rel="noreferrer"
            onClick={(event) => (event.currentTarget.href = whole(store.actions.link()))}
          >
            Normscope
          </a>
        ) : (
          'Normscope'
        )}
      </h1>
      <Transport />
      <Counter />
      <CostMeter />
      {!present && !whole && <BackendBadge initial={backend} />}
      <div className="hd-tools" role="group" aria-label="Page">
        {!present && !whole && (
          <>
            <Share />
            <Files />
            <ClaimsButton />
            <SweepsButton />
            <LabsButton />
          </>
        )}
        {!whole && (
          <IconButton
            className="hd-present"
            label={present ? 'Back to the desk' : 'Present'}
            shortcut={COMMANDS.present.shown}
            aria-pressed={present}
            icon={<PresentIcon />}
            onClick={onPresent}
          />
        )}
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
