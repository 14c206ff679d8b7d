import { Tooltip } from 'radix-ui';
import { useState } from 'react';
import type { BackendId } from '../protocol/engine';
import type { ScopeStore } from '../runs/state';
import { Claims } from '../views/header/Claims';
import { Glossary } from '../views/header/Glossary';
import { Labs } from '../views/header/Labs';
import { Sweeps } from '../views/header/Sweeps';
import { DropTarget } from '../views/lanes/DropTarget';
import { Header } from '../views/header/Header';
import { ScopeProvider } from '../views/scope';
import { FloatProvider } from '../views/ui/float';
import { Notices } from '../views/ui/Notices';
import { useMedia } from '../views/ui/useMedia';
import { Bench } from './Bench';
import { isEmbedded } from './embed';
import { Inside } from './Inside';
import { togglePresent, usePresent } from './present';
import { DeskSide, SmallScreenLanes } from './Side';
import { otherTheme, switchTheme, useTheme } from './theme';

/** From here up there is room for the settings beside the panels. */
const WIDE = '(min-width: 900px)';

interface AppProps {
  store: ScopeStore;
  backend: BackendId | null;
}

export function App({ store, backend }: AppProps) {
  const wide = useMedia(WIDE);
  const theme = useTheme();
  const present = usePresent();
  const [main, setMain] = useState<HTMLElement | null>(null);
  return (
    <ScopeProvider store={store}>
      <FloatProvider value={main}>
        <Tooltip.Provider delayDuration={500} skipDelayDuration={200}>
          <div className="app" data-layout={wide ? 'wide' : 'narrow'}>
            <a className="app-skip" href="#panels">
              To the panels
            </a>
            <Header
              backend={backend}
              otherTheme={otherTheme(theme)}
              onTheme={switchTheme}
              present={present}
              embedded={isEmbedded}
              onPresent={togglePresent}
            />
            <div className="app-notices">
              <Notices about="page" />
            </div>
            <Claims />
            <Sweeps />
            {wide ? <DeskSide present={present} /> : <SmallScreenLanes present={present} />}
            <Bench wide={wide} attach={setMain} />
            <Inside bench={main} />
            <Labs />
            <Glossary />
          </div>
          <DropTarget />
        </Tooltip.Provider>
      </FloatProvider>
    </ScopeProvider>
  );
}
