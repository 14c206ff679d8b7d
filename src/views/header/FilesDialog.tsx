import { Dialog } from 'radix-ui';
import type { RefObject } from 'react';
import type { LaneId } from '../../runs/state';
import { named, lanesOnShow } from '../panels/lanes';
import { useScope } from '../scope';
import { CloseButton } from '../ui/buttons';
import { later } from '../ui/later';

const Sessions = later(() => import('./Sessions').then((code) => code.Sessions));
const Export = later(() => import('../pytorch/Export').then((code) => code.Export));

interface FilesDialogProps {
  /** The sessions of this browser, or the export of a lane. */
  of: 'sessions' | LaneId;
  onClose(): void;
  /** Has the focus once it is closed. */
  returnTo: RefObject<HTMLElement | null>;
}

/** Dialogs that the Files menu opens over the page. */
export function FilesDialog({ of, onClose, returnTo }: FilesDialogProps) {
  const lane = useScope((scope) => lanesOnShow(scope).find(({ id }) => id === of));
  const name = useScope(
    (scope) => named(lanesOnShow(scope)).find(({ lane }) => lane.id === of)?.name,
  );
  const isSessions = of === 'sessions';
  // The lane has gone meanwhile.
  if (!isSessions && !lane) return null;
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <div className="hd-scrim" />
        <Dialog.Content
          className={isSessions ? 'hd-help hd-sessions' : 'hd-help px'}
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            returnTo.current?.focus();
          }}
        >
          <div className="hd-help-head">
            <Dialog.Title>
              {isSessions ? 'Stored sessions' : `Export as PyTorch: ${name}`}
            </Dialog.Title>
            <Dialog.Close asChild>
              <CloseButton label={isSessions ? 'Close the list' : 'Close the export'} />
            </Dialog.Close>
          </div>
          <div className="hd-help-body">
            {isSessions ? <Sessions onClose={onClose} /> : <Export lane={lane!} />}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
