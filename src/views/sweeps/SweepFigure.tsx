import { DropdownMenu } from 'radix-ui';
import { useId, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/shallow';
import { reasonOf } from '../../lib/reason';
import { HeatPlot } from '../../plot/HeatPlot';
import { useSize } from '../../plot/useSize';
import { seeded } from '../../runs/seeds/samples';
import { LANE_IDS, type LaneId } from '../../runs/state';
import type { SweepDesk } from '../../sweeps/desk/desk';
import { isDone, sweepName, type HeldSweep } from '../../sweeps/desk/held';
import { stepOf } from '../../sweeps/result';
import { runsOf, type Sweep } from '../../sweeps/sweep';
import { writeDraft } from '../../sweeps/link';
import { SaveFigure } from '../panels/SaveFigure';
import { useScope, useScopeStore } from '../scope';
import { Button } from '../ui/buttons';
import { useFloat } from '../ui/float';
import { FilesIcon } from '../ui/icons';
import { laneLetter } from '../ui/LaneMark';
import { saveFile } from '../ui/saveFile';
import { Terms } from '../ui/Terms';
import { resultLabel } from './defaults';
import {
  downOf,
  drawn,
  drawnPlace,
  failuresAt,
  kindOf,
  placeOf,
  runsAt,
  scaleOf,
  sideOf,
  type Shows,
} from './grid';
import { alarmText, apartText, axesName, cellLine, cellName, exactResult, sentence } from './words';

interface FigureProps {
  desk: SweepDesk;
  sweep: Sweep | null;
  held: HeldSweep | null;
}

const NOTHING: HeldSweep['made'] = new Map();

/** A sweep that has no runs yet, so that its map is there before they are. */
const planned = (sweep: Sweep): HeldSweep => ({
  ...{ id: '', typed: sweep.typed, base: sweep.base, text: null, began: 0, error: null },
  ...{ sweep, planned: runsOf(sweep), made: NOTHING, failed: {} },
});

/** The map of a sweep, and of another beside it on the same scale. */
export function SweepFigure({ desk, sweep, held }: FigureProps) {
  const titleId = useId();
  const describedBy = useId();
  const [shows, setShows] = useState<Shows>('mean');
  const [hasContours, setContours] = useState(true);
  const [attach, size] = useSize();
  const [pinned, setPinned] = useState<{ id: string; cell: number[] } | null>(null);
  const [pointed, setPointed] = useState<{ id: string; cell: number[] } | null>(null);
  const other = useStore(desk.store, ({ all, beside }) => all.find(({ id }) => id === beside));
  const one = useMemo(() => held ?? (sweep && planned(sweep)), [held, sweep]);
  const shown = useMemo(
    () =>
      one
        ? [
            one,
            ...(other && other.id !== one.id && other.sweep.axes.length === one.sweep.axes.length
              ? [other]
              : []),
          ]
        : [],
    [one, other],
  );
  const kind = useMemo(() => kindOf(shown), [shown]);
  const maps = useMemo(() => shown.map((each) => drawn(each, shows, kind)), [shown, shows, kind]);
  const axis = useMemo(() => scaleOf(maps, kind), [maps, kind]);
  const open = useOpenCell(desk);
  if (!one)
    return (
      <div className="sw-figure">
        <p className="sw-empty">What is wrong with the sweep stands beside its form.</p>
      </div>
    );
  const hasSeeds = shown.some((each) => each.sweep.typed.seeds > 1);
  const isCurve = one.sweep.axes.length === 1;
  const label = `${resultLabel(one.sweep.typed.result)}${shows === 'spread' ? ', spread of seeds' : ''}`;
  const isSide = size !== null && shown.length > 1 && size.width >= 640;
  const looked = pointed ?? pinned;
  const lookedAt = looked && shown.find(({ id }) => id === looked.id);
  return (
    <figure className="sw-figure panel" data-timeless aria-labelledby={titleId}>
      <div className="sw-head">
        <h3 id={titleId}>{axesName(one.sweep)}</h3>
        <span className="sw-soft">{label}</span>
        <div className="sw-tools">
          {hasSeeds && !isCurve && (
            <div className="sw-switch" role="radiogroup" aria-label="Over seeds">
              {(['mean', 'spread'] as const).map((id) => (
                <button
                  key={id}
                  type="button"
                  role="radio"
                  aria-checked={shows === id}
                  onClick={() => setShows(id)}
                >
                  {id}
                </button>
              ))}
            </div>
          )}
          {!isCurve && (
            <label className="sw-check">
              <input
                type="checkbox"
                checked={hasContours}
                onChange={({ target }) => setContours(target.checked)}
              />
              contours
            </label>
          )}
          {held && held.made.size > 0 && <Save desk={desk} held={held} />}
          <SaveFigure title={`${axesName(one.sweep)}`} />
        </div>
      </div>
      <div className="panel-plot sw-plot" ref={attach} data-side={isSide || undefined}>
        {size &&
          shown.map((each, i) => {
            const { grid, signs, seeds } = maps[i]!;
            const [across, down] = each.sweep.axes;
            const width = isSide ? Math.floor(size.width / 2) - 6 : size.width;
            const height =
              isSide || shown.length === 1 ? size.height : Math.floor(size.height / 2) - 4;
            const beside = shown[1 - i];
            const name = beside ? apartText(each.sweep, beside.sweep) : label;
            const place = pinned?.id === each.id ? drawnPlace(each.sweep, pinned.cell) : null;
            return (
              <div key={each.id || 'planned'} className="sw-map">
                {shown.length > 1 && <span className="side-by-side-name">{name}</span>}
                <HeatPlot
                  {...{ grid, signs, axis, name, hasContours, describedBy, seeds }}
                  {...{ width, height: height - (shown.length > 1 ? 18 : 0), text: size.text }}
                  label={`${axesName(each.sweep)}, ${label}`}
                  down={down ? downOf(down) : null}
                  across={sideOf(across!)}
                  pinned={place}
                  idle={
                    each.made.size
                      ? 'Point at a cell, or use the arrow keys; a click or Enter opens it as a lane'
                      : 'Empty until the first run is made'
                  }
                  say={(cell) => cellLine(each, placeOf(each.sweep, cell))}
                  onRead={(cell) =>
                    setPointed(cell && { id: each.id, cell: placeOf(each.sweep, cell) })
                  }
                  onChoose={(cell) => {
                    const at = placeOf(each.sweep, cell);
                    setPinned({ id: each.id, cell: at });
                    // A finger has not read the cell before it touches it.
                    if (!matchMedia('(hover: none)').matches) open(each, at);
                  }}
                />
              </div>
            );
          })}
      </div>
      <figcaption id={describedBy} className="sw-caption">
        <span title={sentence(one)}>
          <Terms>{sentence(one)}</Terms>
        </span>
      </figcaption>
      <div className="sw-details">
        {lookedAt && looked ? (
          <Details held={lookedAt} cell={looked.cell} isPinned={looked === pinned} onOpen={open} />
        ) : (
          <p className="sw-soft">The numbers of a cell stand here while it is pointed at.</p>
        )}
      </div>
    </figure>
  );
}

/** Opens a cell as a lane, trained to the step of its result. */
function useOpenCell(desk: SweepDesk) {
  const store = useScopeStore();
  return (held: HeldSweep, cell: readonly number[], into?: LaneId) => {
    const [run] = runsAt(held, cell);
    const { lanes, recordings } = store.getState();
    const isFull = lanes.length + recordings.length >= LANE_IDS.length;
    if (!run || (isFull && !into)) return;
    const { sweep } = held;
    const step =
      stepOf(sweep.result, sweep.typed.steps) ?? run.alarm?.step ?? sweep.typed.steps - 1;
    const { openLane, notify, setView } = store.actions;
    const back = writeDraft({ typed: held.typed, base: held.base }, lanes);
    setView({ sweep: null });
    void openLane(run.config, step, into);
    notify({
      ...{ level: 'info', about: 'page' },
      text: `The cell with ${cellName(sweep, cell)} is a lane of its own, on its way to step ${step}, where the sweep has ${exactResult(run)}.`,
      action: { label: 'Back to the sweep', run: () => setView({ sweep: back }) },
    });
    desk.setDraft({ typed: held.typed, base: held.base });
  };
}

interface DetailsProps {
  held: HeldSweep;
  cell: readonly number[];
  isPinned: boolean;
  onOpen(held: HeldSweep, cell: readonly number[], into?: LaneId): void;
}

/** All numbers of a cell, and the lane that it can become. */
function Details({ held, cell, isPinned, onOpen }: DetailsProps) {
  const { sweep } = held;
  const runs = runsAt(held, cell);
  const failures = failuresAt(held, cell);
  const ids = useScope(useShallow(({ lanes }) => lanes.map(({ id }) => id)));
  const taken = useScope(({ recordings }) => recordings.length);
  const isFull = ids.length + taken >= LANE_IDS.length;
  return (
    <>
      <b>{cellName(sweep, cell)}</b>
      {runs.length + failures.length ? (
        <ul>
          {runs.map((run) => (
            <li key={run.seed}>
              {sweep.typed.seeds > 1 && <span className="sw-soft">seed {run.config.seed}</span>}{' '}
              <code>{exactResult(run)}</code>, {alarmText(run)}, {run.time.toFixed(1)} s
            </li>
          ))}
          {failures.map(({ seed, reason }) => (
            <li key={seed}>
              {sweep.typed.seeds > 1 && (
                <span className="sw-soft">seed {seeded(sweep.base, seed).seed}</span>
              )}{' '}
              could not be made: {reason}
            </li>
          ))}
        </ul>
      ) : (
        <p className="sw-soft">Not there yet.</p>
      )}
      {isPinned && runs.length > 0 && (
        <div className="sw-buttons">
          {isFull ? (
            <>
              <span className="sw-soft">There are four lanes. In the place of</span>
              {ids.map((id) => (
                <Button key={id} onClick={() => onOpen(held, cell, id)}>
                  {laneLetter(id)}
                </Button>
              ))}
            </>
          ) : (
            <Button onClick={() => onOpen(held, cell)}>Open as a lane</Button>
          )}
        </div>
      )}
    </>
  );
}

/** The runs of a sweep as a file. */
function Save({ desk, held }: { desk: SweepDesk; held: HeldSweep }) {
  const { notify } = useScopeStore().actions;
  const name = sweepName(held);
  const save = async (form: 'jsonl' | 'csv' | 'parquet') => {
    try {
      if (form === 'jsonl') {
        const { content } = desk.fileOf(held);
        return saveFile({ name: `${name}.jsonl`, blob: new Blob([content]) });
      }
      const { tableOf, csvOf, parquetOf } = await import('../../sweeps/desk/table');
      const table = tableOf(held);
      const head = { grid: held.typed.grid, result: held.typed.result, steps: held.typed.steps };
      const content = form === 'csv' ? csvOf(table) : parquetOf(table, JSON.stringify(head));
      saveFile({ name: `${name}.${form}`, blob: new Blob([content]) });
    } catch (error) {
      notify({
        level: 'error',
        about: 'page',
        text: `The sweep was not saved: ${reasonOf(error)}`,
      });
    }
  };
  const item = (form: 'jsonl' | 'csv' | 'parquet', label: string, note: string) => (
    <DropdownMenu.Item className="ui-menu-item" onSelect={() => void save(form)}>
      <span>{label}</span>
      <span className="ui-menu-note">{note}</span>
    </DropdownMenu.Item>
  );
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="ui-button" aria-label="Save the runs">
        <FilesIcon />
        Runs
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={useFloat()}>
        <DropdownMenu.Content className="ui-menu" align="end" sideOffset={4} collisionPadding={8}>
          <DropdownMenu.Label className="ui-menu-label">
            {isDone(held) ? 'All runs' : `${held.made.size} runs so far`}
          </DropdownMenu.Label>
          {item('jsonl', 'JSON lines', 'A line for each run, to be opened here or gone on with')}
          {item('csv', 'CSV', 'A row for each run')}
          {item('parquet', 'Parquet', 'The same with types')}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
