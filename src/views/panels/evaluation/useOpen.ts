import { useState } from 'react';
import { evaluatesApart } from '../../../config/applies';
import { useActions, useScope } from '../../scope';
import { recall, remember } from '../../ui/remembered';

/** The browser's memory of the section as it was left, `open` or `closed`. */
export const EVALUATION_MEMORY = 'panel.evaluation';

/**
 * The section is open as a link or a person said, else as soon as a lane is used otherwise than it
 * is trained, unless it was closed by hand before.
 */
export function useOpen(): [boolean, (open: boolean) => void] {
  const { setView } = useActions();
  const said = useScope((scope) => scope.view.evaluation.open);
  const apart = useScope(({ lanes }) => lanes.some(({ config }) => evaluatesApart(config)));
  /** A section that opened by itself stays when the setting goes again: nothing jumps. */
  const [opened, setOpened] = useState(false);
  if (apart && !opened && recall(EVALUATION_MEMORY) !== 'closed') setOpened(true);
  const toggle = (open: boolean) => {
    remember(EVALUATION_MEMORY, open ? 'open' : 'closed');
    setOpened(false);
    setView({ evaluation: { open } });
  };
  return [said ?? opened, toggle];
}
