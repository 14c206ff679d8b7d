import { useEffect, useRef, type PointerEvent } from 'react';
import { useStore } from 'zustand';
import type { LabsPage } from '../../labs/desk/desk';
import { deskOf } from '../../labs/desk/page';
import { useScopeStore } from '../scope';
import { Button, CloseButton, IconButton } from '../ui/buttons';
import { ChevronIcon, PresetsIcon } from '../ui/icons';
import { LabList } from './LabList';
import { Player } from './Player';
import { Story } from './Story';
import { HEIGHTS, setSheet, useSheet } from './sheet';
import './labs.css';

const titleOf = (page: LabsPage): string => (page.kind === 'lab' ? page.lab.title : 'Labs');

/** Labs beside the panels: their list, or the one that is being done. */
export function Labs() {
  const desk = deskOf(useScopeStore());
  const page = useStore(desk.store, (s) => s.page);
  const said = useStore(desk.store, (s) => s.said);
  const height = useSheet();
  const heading = useRef<HTMLHeadingElement>(null);
  /** The page itself was opened with a lab: nobody has asked to go there. */
  const isFirst = useRef(false);
  useEffect(() => {
    isFirst.current = desk.begin();
  }, [desk]);
  useEffect(() => {
    if (!isFirst.current) heading.current?.focus();
    else if (page.kind !== 'list' && page.kind !== 'reading') isFirst.current = false;
  }, [page.kind]);
  if (page.kind === 'lab' && page.lab.kind === 'story')
    return <Story key={page.lab.print} desk={desk} lab={page.lab} />;
  return (
    <aside className="lb" aria-label={titleOf(page)} data-height={height}>
      <div className="lb-head">
        {page.kind !== 'list' && (
          <IconButton label="All labs" icon={<PresetsIcon />} onClick={desk.list} />
        )}
        <h2 ref={heading} tabIndex={-1}>
          {titleOf(page)}
        </h2>
        <Grip />
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
              <Button onClick={() => void desk.openDespite()}>Open it without what is wrong</Button>
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
function Grip() {
  const height = useSheet();
  const from = useRef<number | null>(null);
  const at = HEIGHTS.indexOf(height);
  const move = (by: 1 | -1) => setSheet(HEIGHTS[Math.min(2, Math.max(0, at + by))]!);
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
