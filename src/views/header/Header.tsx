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
import { later } from '../ui/later';
import { useShortcuts } from './shortcuts';
import { Transport } from './Transport';
import './header.css';

const WholeLink = later(() => import('./WholeLink').then((code) => code.WholeLink));

interface HeaderProps {
  backend: BackendId | null;
  otherTheme: 'light' | 'dark';
  onTheme(): void;
  /** On a projector: what only the desk needs is left out. */
  present: boolean;
  onPresent(): void;
  /** In another page’s frame: a few buttons, and the way to the whole page. */
  embedded: boolean;
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
  const { backend, otherTheme, onTheme, present, onPresent, embedded } = props;
  const store = useScopeStore();
  const [helping, setHelping] = useState(false);
  const page = useMemo(
    (): PageControls => ({ store, openHelp: () => setHelping(true), togglePresent: onPresent }),
    [store, onPresent],
  );
  useShortcuts(page);
  return (
    <header className="hd">
      <h1>{embedded ? <WholeLink /> : 'Normscope'}</h1>
      <Transport />
      <Counter />
      <CostMeter />
      {!present && !embedded && <BackendBadge initial={backend} />}
      <div className="hd-tools" role="group" aria-label="Page">
        {!present && !embedded && (
          <>
            <Share />
            <Files />
            <ClaimsButton />
            <SweepsButton />
            <LabsButton />
          </>
        )}
        {!embedded && (
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
