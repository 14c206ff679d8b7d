import { useCallback, useSyncExternalStore } from 'react';
import type { Enlarged } from '../../runs/view';

const bench = () => document.getElementById('panels');

/** The element of a panel, as long as it is on the page. */
export function usePanel(panel: Enlarged): HTMLElement | null {
  const subscribe = useCallback((changed: () => void) => {
    const observer = new MutationObserver(changed);
    const element = bench();
    if (element) observer.observe(element, { childList: true });
    return () => observer.disconnect();
  }, []);
  return useSyncExternalStore(subscribe, () => panelElement(panel));
}

export const panelElement = (panel: Enlarged): HTMLElement | null =>
  bench()?.querySelector<HTMLElement>(`[data-panel="${panel}"]`) ?? null;
