import { useEffect } from 'react';
import { useScope, useScopeStore } from '../views/scope';
import { later } from '../views/ui/later';
import { Guard } from './Guard';

const Inspector = later(() =>
  import('../views/inspector/Inspector').then((code) => code.Inspector),
);

/** The inspector where it is open; a click on a mark of the bench opens it. */
export function Inside({ bench }: { bench: HTMLElement | null }) {
  const store = useScopeStore();
  const isOpen = useScope(({ view }) => view.inspect !== null);
  useEffect(() => {
    let stop = () => {};
    let isGone = false;
    // Without it clicks mark layers, as ever.
    if (bench)
      void import('../views/inspector/opener').then(
        ({ openByClicks }) => {
          if (!isGone) stop = openByClicks(bench, store);
        },
        () => {},
      );
    return () => {
      isGone = true;
      stop();
    };
  }, [bench, store]);
  return (
    isOpen && (
      <Guard what="The inspector">
        <Inspector />
      </Guard>
    )
  );
}
