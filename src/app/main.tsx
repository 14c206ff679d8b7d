import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './tokens.css';
import './app.css';
import '../plot/plot.css';
import '../views/ui/ui.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { shortened } from '../lib/words';
import { BACKENDS, isBackend } from '../protocol/engine';
import { App } from './App';
import { createPageScope } from './pageScope';
import { startPresent } from './present';
import { announceReady } from './ready';
import { startTheme } from './theme';

startTheme();
const query = new URLSearchParams(location.search);
const asked = query.get('backend') ?? '';
const backend = isBackend(asked) ? asked : null;
startPresent();

const store = createPageScope(backend);
if (asked && !backend) {
  const text = `backend is “${shortened(asked)}”; it must be one of ${BACKENDS.join(', ')}. The best one was chosen.`;
  store.actions.notify({ level: 'warning', about: 'page', text });
}
if (query.has('lab')) store.setState({ labs: true });
announceReady(store);
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App store={store} backend={backend} />
  </StrictMode>,
);
