import { useSyncExternalStore } from 'react';

/** Calls back when the window moves to another screen, or is zoomed. */
function subscribe(changed: () => void): () => void {
  let query: MediaQueryList;
  const watch = () => {
    // A query holds for one ratio alone: after a change it is asked anew.
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener('change', onChange);
  };
  const stop = () => query.removeEventListener('change', onChange);
  const onChange = () => {
    stop();
    watch();
    changed();
  };
  watch();
  return stop;
}

/** Pixels of the screen per pixel of the page, followed as it changes. */
export const usePixelRatio = (): number =>
  useSyncExternalStore(
    subscribe,
    () => devicePixelRatio,
    () => 1,
  );
