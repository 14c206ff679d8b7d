import { useEffect, useRef, useState, type PointerEvent } from 'react';
import { useStore } from 'zustand';
import type { LabsPage } from '../../labs/desk/desk';
import { deskOf } from '../../labs/desk/page';
import { useScopeStore } from '../scope';
import { Button, CloseButton, IconButton } from '../ui/buttons';
import { ChevronIcon, UndoIcon } from '../ui/icons';
import { LabList } from './LabList';
import { Player } from './Player';
import './labs.css';

/** Heights of the sheet on a small screen, from the lowest up. */
const HEIGHTS = ['low', 'half', 'full'] as const;
type Height = (typeof HEIGHTS)[number];

const titleOf = (page: LabsPage): string => (page.kind === 'lab' ? page.lab.title : 'Labs');

/** Labs beside the panels: their list, or the one that is being done. */
export function Labs() {
  const desk = deskOf(useScopeStore());
  useEffect(() => desk.begin(), [desk]);
  const page = useStore(desk.store, (s) => s.page);
  const said = useStore(desk.store, (s) => s.said);
  const [height, setHeight] = useState<Height>('half');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // A page that was opened with a lab leaves the focus where it is.
    if (document.activeElement !== document.body) heading.current?.focus();
  }, [page.kind]);
  return (
    <aside className="lb" aria-label={titleOf(page)} data-height={height}>
      <div className="lb-head">
        {page.kind !== 'list' && (
          <IconButton label="All labs" icon={<UndoIcon />} onClick={desk.list} />
        )}
        <h2 ref={heading} tabIndex={-1}>
          {titleOf(page)}
        </h2>
        <Grip height={height} onHeight={setHeight} />
        <CloseButton label="Close the labs" onClick={desk.close} />
      </div>
      {page.kind === 'list' && <LabList desk={desk} />}
      {page.kind === 'reading' && <p className="lb-body">{page.name} is being read.</p>}
      {page.kind === 'refused' && (
        <div className="lb-body" role="alert">
          <p>{page.name} cannot be opened as a lab.</p>
          <ul>
            {page.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
          <div className="lb-ways">
            {page.canOpen && (
              <Button onClick={desk.openDespite}>Open it without what is wrong</Button>
            )}
            <Button onClick={desk.list}>All labs</Button>
          </div>
        </div>
      )}
      {page.kind === 'lab' && <Player key={page.lab.print} desk={desk} lab={page.lab} />}
      <p role="status" className="ui-visually-hidden">
        {said}
      </p>
    </aside>
  );
}

/** Pixels of a pull that means another height. */
const PULL = 40;

/** Pulls the sheet up and down on a small screen; its buttons do the same. */
function Grip({ height, onHeight }: { height: Height; onHeight(height: Height): void }) {
  const from = useRef<number | null>(null);
  const at = HEIGHTS.indexOf(height);
  const move = (by: 1 | -1) => onHeight(HEIGHTS[Math.min(2, Math.max(0, at + by))]!);
  const pulled = ({ clientY }: PointerEvent) => {
    if (from.current === null) return;
    const by = from.current - clientY;
    if (Math.abs(by) < PULL) return;
    from.current = clientY;
    move(by > 0 ? 1 : -1);
  };
  return (
    <>
      <div
        className="lb-grip"
        aria-hidden="true"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          from.current = event.clientY;
        }}
        onPointerMove={pulled}
        onPointerUp={() => (from.current = null)}
      />
      <span className="lb-heights">
        <IconButton
          className="lb-up"
          label="More of the lab"
          icon={<ChevronIcon />}
          disabled={height === 'full'}
          onClick={() => move(1)}
        />
        <IconButton
          label="More of the page"
          icon={<ChevronIcon />}
          disabled={height === 'low'}
          onClick={() => move(-1)}
        />
      </span>
    </>
  );
}
