import { create } from 'zustand';

const KEY = 'present';

/** The page is on a projector: text is larger, and controls that only the desk needs are left out. */
export const usePresent = create(() => false);

function show(present: boolean): void {
  document.documentElement.toggleAttribute('data-present', present);
  const address = new URL(location.href);
  if (address.searchParams.has(KEY) === present) return;
  if (present) address.searchParams.set(KEY, '');
  else address.searchParams.delete(KEY);
  history.replaceState(history.state, '', address);
}

/** As the address says. It stays so while the browser goes back and forward through what was changed. */
export function startPresent(): void {
  usePresent.subscribe(show);
  usePresent.setState(new URLSearchParams(location.search).has(KEY), true);
  show(usePresent.getState());
  window.addEventListener('popstate', () => show(usePresent.getState()));
}

export const togglePresent = (): void => usePresent.setState(!usePresent.getState(), true);
