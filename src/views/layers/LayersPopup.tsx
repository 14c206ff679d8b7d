import type { ComponentProps } from 'react';
import { Button } from '../ui/buttons';
import { ChevronIcon } from '../ui/icons';
import { Popup } from '../ui/Popup';

interface LayersPopupProps extends Omit<ComponentProps<typeof Popup>, 'trigger'> {
  name: string;
  /** Changes that there are already. */
  count: number;
}

/** A button that tells how much was changed, and what it opens. */
export const LayersPopup = ({ name, count, ...popup }: LayersPopupProps) => (
  <Popup
    className="ly-popover"
    trigger={
      <Button>
        {name}
        {count > 0 && <span className="ly-count">{count}</span>}
        <ChevronIcon />
      </Button>
    }
    {...popup}
  />
);
