import { registerSW } from 'virtual:pwa-register';
import type { ScopeStore } from '../runs/state';

/** Interval at which an open page asks for a newer version, in ms. */
const INTERVAL = 60 * 60 * 1000;

/**
 * Keeps the whole app in the browser, so that it opens without a network from the second visit on. A newer version waits
 * until somebody asks for it or all pages are closed: no run ends for it.
 */
export function keepForOffline({ actions }: ScopeStore): void {
  const update = registerSW({
    onNeedRefresh() {
      actions.notify({
        ...{ level: 'info', about: 'page' },
        text: `A newer version of Normscope is here; this page is ${import.meta.env.APP_VERSION}. It comes with the next reload; what is open is offered again then.`,
        action: { label: 'Reload now', run: () => void update(true) },
      });
    },
    onRegisteredSW(_url, registration) {
      if (registration) setInterval(() => void registration.update().catch(() => {}), INTERVAL);
    },
  });
}
