import { DropdownMenu } from 'radix-ui';
import { useRef, useState } from 'react';
import type { LaneId } from '../../runs/state';
import { useActions } from '../scope';
import { FileInput } from '../ui/FileInput';
import { useFloat } from '../ui/float';
import { FilesIcon } from '../ui/icons';
import { later } from '../ui/later';

const FilesItems = later(() => import('./FilesItems').then((code) => code.FilesItems));
const FilesDialog = later(() => import('./FilesDialog').then((code) => code.FilesDialog));

export function Files() {
  const { loadWeights, openFile } = useActions();
  const [dialog, setDialog] = useState<'sessions' | LaneId | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const any = useRef<HTMLInputElement>(null);
  const into = useRef<LaneId>('a');

  const load = (id: LaneId) => {
    into.current = id;
    file.current?.click();
  };
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger ref={trigger} className="ui-button hd-labelled" aria-label="Files">
          <FilesIcon />
          <span>Files</span>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal container={useFloat()}>
          <DropdownMenu.Content className="ui-menu" align="end" sideOffset={6} collisionPadding={8}>
            <FilesItems onLoad={load} onOpen={() => any.current?.click()} onDialog={setDialog} />
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <FileInput
        ref={file}
        accept=".safetensors"
        data-testid="weights-file"
        onFile={(picked) => void loadWeights(into.current, picked)}
      />
      <FileInput ref={any} data-testid="any-file" onFile={(picked) => void openFile(picked)} />
      {dialog && <FilesDialog of={dialog} onClose={() => setDialog(null)} returnTo={trigger} />}
    </>
  );
}
