import { DropdownMenu } from 'radix-ui';
import { useShallow } from 'zustand/shallow';
import { laneNames } from '../../config/naming';
import { reasonOf } from '../../lib/reason';
import { later } from '../../runs/later';
import type { LaneId, SavedFile } from '../../runs/state';
import { useActions, useScope, useScopeStore } from '../scope';
import { LaneMark } from '../ui/LaneMark';
import { saveFile } from '../ui/saveFile';

const fetchFigures = later('saves figures', () => import('../panels/figures'));
const fetchReport = later('writes reports', () => import('../report/report'));

/** Saves a file, or says why it was not. */
function useAttempt(about: LaneId | 'page') {
  const { notify } = useActions();
  return async (what: string, get: () => Promise<SavedFile | undefined>) => {
    try {
      const file = await get();
      if (file) saveFile(file);
    } catch (error) {
      const text = `The ${what} could not be saved: ${reasonOf(error)}`;
      notify({ level: 'error', about, text });
    }
  };
}

/** The numbers of a run, as a record and as a table. */
function SaveNumbers({ id, about, isMeasured = true }: SaveNumbersProps) {
  const { saveRun } = useActions();
  const attempt = useAttempt(about);
  return (
    <>
      <DropdownMenu.Item
        className="ui-menu-item"
        disabled={!isMeasured}
        onSelect={() => void attempt('record', () => saveRun(id, 'record'))}
      >
        <span>Save record</span>
        <span className="ui-menu-note">Every measured step, JSON</span>
      </DropdownMenu.Item>
      <DropdownMenu.Item
        className="ui-menu-item"
        disabled={!isMeasured}
        onSelect={() => void attempt('table', () => saveRun(id, 'parquet'))}
      >
        <span>Save table</span>
        <span className="ui-menu-note">A row for each step, Parquet</span>
      </DropdownMenu.Item>
    </>
  );
}

interface SaveNumbersProps {
  id: LaneId;
  /** Where it is said that they could not be saved. */
  about: LaneId | 'page';
  isMeasured?: boolean;
}

const LaneLabel = ({ id, name }: { id: LaneId; name: string }) => (
  <DropdownMenu.Label className="ui-menu-label">
    <LaneMark id={id} />
    {name}
  </DropdownMenu.Label>
);

interface LaneFilesProps extends Pick<FilesItemsProps, 'onLoad' | 'onDialog'> {
  id: LaneId;
  name: string;
}

const ExportItem = ({ id, onDialog }: Pick<LaneFilesProps, 'id' | 'onDialog'>) => (
  <DropdownMenu.Item className="ui-menu-item" onSelect={() => onDialog(id)}>
    <span>Export as PyTorch…</span>
    <span className="ui-menu-note">Its training as one Python file</span>
  </DropdownMenu.Item>
);

function LaneFiles({ id, name, onLoad, onDialog }: LaneFilesProps) {
  const { saveWeights } = useActions();
  const isMeasured = useScope((s) => s.lanes.find((l) => l.id === id)?.engine.latest != null);
  const attempt = useAttempt(id);
  return (
    <DropdownMenu.Group>
      <LaneLabel id={id} name={name} />
      <SaveNumbers id={id} about={id} isMeasured={isMeasured} />
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
      <ExportItem {...{ id, onDialog }} />
    </DropdownMenu.Group>
  );
}

/** Runs that were opened from files, whose numbers alone are there. */
function RecordedFiles({ onDialog }: Pick<FilesItemsProps, 'onDialog'>) {
  const recordings = useScope(({ recordings }) => recordings);
  return recordings.map(({ id, recorded: { name } }) => (
    <DropdownMenu.Group key={id}>
      <LaneLabel id={id} name={name} />
      <SaveNumbers id={id} about="page" />
      <ExportItem {...{ id, onDialog }} />
    </DropdownMenu.Group>
  ));
}

interface FilesItemsProps {
  onLoad(id: LaneId): void;
  onOpen(): void;
  /** Opens the list of sessions, or the export of a lane. */
  onDialog(of: 'sessions' | LaneId): void;
}

/** The entries of the menu, which come when it is first opened. */
export function FilesItems({ onLoad, onOpen, onDialog }: FilesItemsProps) {
  const configs = useScope(useShallow((s) => s.lanes.map((lane) => lane.config)));
  const ids = useScope(useShallow((s) => s.lanes.map((lane) => lane.id)));
  const names = laneNames(configs);
  const { saveRuns } = useActions();
  const attempt = useAttempt('page');
  const store = useScopeStore();
  const saveReport = async () =>
    (await fetchReport()).reportOf(store, import.meta.env.APP_VERSION, new Date());
  const saveFigures = async () => {
    (await fetchFigures()).saveAllFigures(store);
    return undefined;
  };
  return (
    <>
      {ids.map((id, i) => (
        <LaneFiles key={id} {...{ id, onLoad, onDialog }} name={names[i]!} />
      ))}
      <RecordedFiles onDialog={onDialog} />
      <DropdownMenu.Separator className="ui-menu-line" />
      <DropdownMenu.Item
        className="ui-menu-item"
        onSelect={() => void attempt('report', saveReport)}
      >
        <span>Save a report</span>
        <span className="ui-menu-note">Settings and figures, one HTML page</span>
      </DropdownMenu.Item>
      <DropdownMenu.Item
        className="ui-menu-item"
        onSelect={() => void attempt('figures', saveFigures)}
      >
        <span>Save all figures</span>
        <span className="ui-menu-note">SVG and CSV of every panel, zip</span>
      </DropdownMenu.Item>
      <DropdownMenu.Item
        className="ui-menu-item"
        onSelect={() => void attempt('run file', saveRuns)}
      >
        <span>Save all runs</span>
        <span className="ui-menu-note">To go on from, one .normscope file</span>
      </DropdownMenu.Item>
      <DropdownMenu.Item className="ui-menu-item" onSelect={onOpen}>
        <span>Open a file…</span>
        <span className="ui-menu-note">Runs, sweep, record, table, weights, text</span>
      </DropdownMenu.Item>
      <DropdownMenu.Item className="ui-menu-item" onSelect={() => onDialog('sessions')}>
        <span>Stored sessions…</span>
        <span className="ui-menu-note">Left in this browser</span>
      </DropdownMenu.Item>
    </>
  );
}
