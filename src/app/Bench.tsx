import { useMemo, type ReactNode, type CSSProperties } from 'react';
import type { Enlarged } from '../runs/view';
import { DEPTH_PANELS } from '../views/panels/depthPanels';
import { LowerPanel } from '../views/panels/lower/LowerPanel';
import { PanelPlaceContext, type PanelPlace } from '../views/panels/Panel';
import { QuantityPanel } from '../views/panels/QuantityPanel';
import { SharedAxis } from '../views/panels/SharedAxis';
import { useScope } from '../views/scope';
import { BlockFigures } from '../views/strip/BlockFigure';
import { BlockStrip } from '../views/strip/BlockStrip';
import { later } from '../views/ui/later';
import { Guard } from './Guard';

const More = later(() => import('./More').then((code) => code.More));
const Timeline = later(() => import('../views/time/Timeline').then((code) => code.Timeline));

interface Entry {
  id: Enlarged;
  what: string;
  panel: ReactNode;
}

const DEPTH = DEPTH_PANELS.map((entry): Entry => ({
  id: entry.id,
  what: `The ${entry.title} panel`,
  panel: <QuantityPanel {...entry} />,
}));
const LOSS: Entry = { id: 'loss', what: 'The panel against steps', panel: <LowerPanel /> };

interface PlaceProps extends Omit<PanelPlace, 'id'> {
  entry: Entry;
}

function Place({ entry: { id, what, panel }, hasAxis, isGivenHeight }: PlaceProps) {
  const place = useMemo(() => ({ id, hasAxis, isGivenHeight }), [id, hasAxis, isGivenHeight]);
  return (
    <div className="app-panel" data-panel={id}>
      <PanelPlaceContext value={place}>
        <Guard what={what}>{panel}</Guard>
      </PanelPlaceContext>
    </div>
  );
}

interface BenchProps {
  /** All panels are in sight at once, so that one axis serves them. */
  wide: boolean;
  attach(element: HTMLElement | null): void;
}

/** Everything that is read: the stack on top, what was measured on it below, what it is used for last. */
export function Bench({ wide, attach }: BenchProps) {
  const enlarged = useScope(({ view }) => view.panel);
  const isPast = useScope(({ moment }) => moment !== 'live');
  const isApart = useScope(
    ({ view, lanes }) => view.arrange === 'side_by_side' && lanes.length > 1,
  );
  const hide = useScope(({ view }) => view.hide);
  const isShown = ({ id }: Entry) =>
    !hide.includes(id) && (enlarged === null || hide.includes(enlarged) || id === enlarged);
  const depth = DEPTH.filter(isShown);
  const hasLoss = isShown(LOSS);
  const least = (among: string) => (depth.length + Number(hasLoss) > 1 ? among : '240px, 1fr');
  const rows = [
    'auto',
    depth.length > 0 && `repeat(${depth.length}, minmax(${least('var(--depth-least), 1fr')})) auto`,
    hasLoss && `minmax(${least('var(--loss-least), 0.9fr')})`,
    hide.includes('timeline') ? '' : 'auto',
    hide.includes('more') ? '' : 'var(--evaluation-head)',
  ];
  return (
    <main
      ref={attach}
      className="app-bench"
      id="panels"
      tabIndex={-1}
      data-enlarged={enlarged ?? undefined}
      data-past={isPast || undefined}
      style={{ '--rows': rows.filter(Boolean).join(' ') } as CSSProperties}
    >
      <div className="app-stack">
        {!hide.includes('stack') && (
          <Guard what="The drawing of the stack">
            {!wide && <BlockFigures />}
            <BlockStrip />
          </Guard>
        )}
      </div>
      {depth.map((entry) => (
        <Place key={entry.id} entry={entry} hasAxis={!wide} isGivenHeight={wide} />
      ))}
      {/* Plots side by side have an axis each. */}
      {wide && depth.length > 0 && (isApart ? <div /> : <SharedAxis />)}
      {hasLoss && <Place entry={LOSS} hasAxis isGivenHeight={wide} />}
      {!hide.includes('timeline') && (
        <div className="app-time">
          <Guard what="The timeline">
            <Timeline />
          </Guard>
        </div>
      )}
      {!hide.includes('more') && (
        <div className="app-more">
          <More />
        </div>
      )}
    </main>
  );
}
