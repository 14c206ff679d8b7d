import { useMemo, type ComponentProps, type ReactNode } from 'react';
import { depthMargins } from './depth';
import { Flag } from './LayerAxis';
import { formatCount } from './format';
import { WholeLines } from './Graticule';
import { useGround, type Across } from './ground';
import { EventLines, EventNames, eventsNear, sayEvent, type PlotEvent } from './EventLines';
import type { PlotFrame } from './frame';
import { Plot } from './Plot';

interface Props
  extends PlotFrame, Pick<ComponentProps<typeof Plot>, 'axis' | 'shown' | 'readingsAt' | 'dense'> {
  /** One of what is counted along the axis. */
  name: string;
  /** The last place that there is; the axis may end later. */
  last: number;
  across: Across & { end: number };
  /** The place on show, which is read while none is pointed at. */
  moment?: number | undefined;
  events?: readonly PlotEvent[] | undefined;
  /** The place under the pointer, and its mark as the pointer moves it. */
  hovered: number | null;
  onHover(at: number | null): void;
  behind: ReactNode;
  children: ReactNode;
}

const NO_EVENTS: readonly PlotEvent[] = [];

/** A horizontal axis of whole numbers from 0 to `end`, with room beside it for names. */
export function useWholeScale(end: number, { width, text }: PlotFrame, names: readonly string[]) {
  const { left, right: room } = depthMargins(width, text, names);
  return useMemo(() => {
    const right = Math.max(left + 1, width - room);
    const column = (right - left) / end;
    return { width, left, right, column, end, x: (at: number) => left + at * column };
  }, [end, width, left, room]);
}

/** Values against whole numbers, with a mark that reads them. */
export function WholePlot(props: Props) {
  const { name, last, across, hovered, onHover, moment, events = NO_EVENTS, ...rest } = props;
  const { behind, children, ...plot } = rest;
  const { left, column } = across;
  const at = hovered === null ? null : Math.min(hovered, last);
  const marked = at ?? moment ?? null;
  const near = marked === null ? [] : eventsNear(events, marked, across);
  return (
    <Plot
      {...plot}
      across={across}
      cursor={{
        ...{ name, last, hovered: at, onHover },
        placeAt: (x) => Math.min(Math.max(Math.round((x - left) / column), 0), last),
        rest: moment,
        say: (place) =>
          [
            `${name} ${formatCount(place)}`,
            ...eventsNear(events, place, across).map(sayEvent),
          ].join('; '),
      }}
      behind={
        <>
          <WholeLines name={name} end={across.end} />
          <EventLines events={events} />
          {behind}
        </>
      }
    >
      {children}
      <EventNames events={near} />
      {marked !== null && <PlaceFlag at={marked} />}
    </Plot>
  );
}

function PlaceFlag({ at }: { at: number }) {
  const { across, rows } = useGround();
  return <Flag x={across.x(at)} y={rows.tickY} name={formatCount(at)} size={rows.text} />;
}
