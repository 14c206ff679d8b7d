import { DropdownMenu } from 'radix-ui';
import { useShallow } from 'zustand/shallow';
import { laneNames } from '../../config/naming';
import { reasonOf } from '../../lib/reason';
import { later } from '../../runs/later';
import type { LaneId } from '../../runs/state';
import { useActions, useScope, useScopeStore } from '../scope';
import { LaneMark } from '../ui/LaneMark';
import { saveFile } from '../ui/saveFile';

const fetchFigures = later('saves figures', () => import('../panels/figures'));

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

interface FilesItemsProps {
  onLoad(id: LaneId): void;
  onSessions(): void;
}

/** The entries of the menu, which come when it is first opened. */
export function FilesItems({ onLoad, onSessions }: FilesItemsProps) {
  const configs = useScope(useShallow((s) => s.lanes.map((lane) => lane.config)));
  const ids = useScope(useShallow((s) => s.lanes.map((lane) => lane.id)));
  const names = laneNames(configs);
  const store = useScopeStore();
  const saveFigures = async () => {
    try {
      (await fetchFigures()).saveAllFigures(store);
    } catch (error) {
      const text = `The figures could not be saved: ${reasonOf(error)}`;
      store.actions.notify({ level: 'error', about: 'page', text });
    }
  };
  return (
    <>
      {ids.map((id, i) => (
        <LaneFiles key={id} id={id} name={names[i]!} onLoad={onLoad} />
      ))}
      <DropdownMenu.Separator className="ui-menu-line" />
      <DropdownMenu.Item className="ui-menu-item" onSelect={() => void saveFigures()}>
        <span>Save all figures</span>
        <span className="ui-menu-note">SVG and CSV of every panel, zip</span>
      </DropdownMenu.Item>
      <DropdownMenu.Item className="ui-menu-item" onSelect={onSessions}>
        <span>Stored sessions…</span>
        <span className="ui-menu-note">Left in this browser</span>
      </DropdownMenu.Item>
    </>
  );
}
