import { useEffect, useState } from 'react';
import { useScope, useScopeStore } from '../views/scope';
import { later } from '../views/ui/later';
import { Guard } from './Guard';

const Inspector = later(() =>
  import('../views/inspector/Inspector').then((code) => code.Inspector),
);

/** The inspector where it is open; a click on a mark of the bench opens it. */
export function Inside({ bench }: { bench: HTMLElement | null }) {
  const store = useScopeStore();
  const look = useScope(({ view }) => view.inspect && `${view.inspect.view} ${view.inspect.place}`);
  const isOpen = look !== null;
  /** It was opened by the link: nobody has asked to go there. */
  const [isFirst, setIsFirst] = useState(isOpen);
  if (isFirst && !isOpen) setIsFirst(false);
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
      // A fault of one view is not that of the others, nor of the next place.
      <Guard what="The inspector" of={look}>
        <Inspector takesFocus={!isFirst} />
      </Guard>
    )
  );
}
