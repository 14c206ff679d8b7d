import { DropdownMenu } from 'radix-ui';
import { useRef } from 'react';
import { useShallow } from 'zustand/shallow';
import { laneNames } from '../../config/naming';
import { reasonOf } from '../../lib/reason';
import type { LaneId } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { FileInput } from '../ui/FileInput';
import { useFloat } from '../ui/float';
import { FilesIcon } from '../ui/icons';
import { LaneMark } from '../ui/LaneMark';

function LaneFiles({ id, name, onLoad }: { id: LaneId; name: string; onLoad(id: LaneId): void }) {
  const { saveRecord, saveWeights, notify } = useActions();
  const isMeasured = useScope((s) => s.lanes.find((l) => l.id === id)?.engine.latest != null);
  const attempt = async (what: string, get: () => ReturnType<typeof saveWeights>) => {
    try {
      saveFile(await get());
    } catch (error) {
      notify({
        level: 'error',
        about: id,
        text: `The ${what} could not be saved: ${reasonOf(error)}`,
      });
    }
  };
  return (
    <DropdownMenu.Group>
      <DropdownMenu.Label className="ui-menu-label">
        <LaneMark id={id} />
        {name}
      </DropdownMenu.Label>
      <DropdownMenu.Item
        className="ui-menu-item"
        disabled={!isMeasured}
        onSelect={() => void attempt('record', () => saveRecord(id))}
      >
        <span>Save record</span>
        <span className="ui-menu-note">Every measured step, JSON</span>
      </DropdownMenu.Item>
      <DropdownMenu.Item
        className="ui-menu-item"
        disabled={!isMeasured}
        onSelect={() => void attempt('weights', () => saveWeights(id))}
      >
        <span>Save weights</span>
        <span className="ui-menu-note">As they are now, safetensors</span>
      </DropdownMenu.Item>
      <DropdownMenu.Item className="ui-menu-item" onSelect={() => onLoad(id)}>
        <span>Load weights…</span>
        <span className="ui-menu-note">Start from a safetensors file</span>
      </DropdownMenu.Item>
    </DropdownMenu.Group>
  );
}

export function Files() {
  const { loadWeights } = useActions();
  const configs = useScope(useShallow((s) => s.lanes.map((lane) => lane.config)));
  const ids = useScope(useShallow((s) => s.lanes.map((lane) => lane.id)));
  const names = laneNames(configs);
  const file = useRef<HTMLInputElement>(null);
  const into = useRef<LaneId>('a');

  const load = (id: LaneId) => {
    into.current = id;
    file.current?.click();
  };
  return (
    <>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className="ui-button hd-labelled" aria-label="Files">
          <FilesIcon />
          <span>Files</span>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal container={useFloat()}>
          <DropdownMenu.Content className="ui-menu" align="end" sideOffset={6} collisionPadding={8}>
            {ids.map((id, i) => (
              <LaneFiles key={id} id={id} name={names[i]!} onLoad={load} />
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <FileInput
        ref={file}
        accept=".safetensors"
        data-testid="weights-file"
        onFile={(picked) => void loadWeights(into.current, picked)}
      />
    </>
  );
}

export function saveFile({ name, bytes }: { name: string; bytes: Uint8Array }): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)]));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The download has taken its own hold of the data once the click was handled.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
