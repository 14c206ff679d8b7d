import { DropdownMenu } from 'radix-ui';
import { memo, useRef } from 'react';
import { useFloat } from '../ui/float';
import { FilesIcon } from '../ui/icons';
import { later } from '../ui/later';

const FigureItems = later(() => import('./FigureItems').then((code) => code.FigureItems));

/** The menu of the forms in which a panel can be taken away. */
export const SaveFigure = memo(function SaveFigure({ title }: { title: string }) {
  const trigger = useRef<HTMLButtonElement>(null);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        ref={trigger}
        className="ui-icon-button panel-enlarge"
        aria-label={`Save figure: ${title}`}
        title="Save figure"
      >
        <FilesIcon />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={useFloat()}>
        <DropdownMenu.Content className="ui-menu" align="end" sideOffset={4} collisionPadding={8}>
          <FigureItems panelOf={() => trigger.current!.closest('figure')!} />
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
});
