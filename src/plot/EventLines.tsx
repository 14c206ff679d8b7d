import { useGround, type Across } from './ground';
import { textWidth } from './labels';
import { formatCount } from './format';

/** An event at a place along the axis. */
export interface PlotEvent {
  at: number;
  text: string;
  colour: string;
}

/** Pixels within which a place is at an event: steps may be closer than a pointer can tell apart. */
const REACH = 5;

export const eventsNear = (
  events: readonly PlotEvent[],
  place: number,
  { x }: Pick<Across, 'x'>,
): PlotEvent[] => events.filter(({ at }) => Math.abs(x(at) - x(place)) <= REACH);

export const sayEvent = ({ at, text }: PlotEvent) => `${text} from ${formatCount(at)}`;

interface Props {
  events: readonly PlotEvent[];
}

/** A thin line for each event. */
export function EventLines({ events }: Props) {
  const { across, rows } = useGround();
  return events.map(({ at, colour, text }) => {
    const x = across.x(at).toFixed(1);
    return (
      <line
        key={`${at} ${text}`}
        className="event"
        style={{ color: colour }}
        {...{ x1: x, x2: x, y1: rows.groundTop, y2: rows.groundBottom }}
      />
    );
  });
}

/** The names of events beside their lines. */
export function EventNames({ events }: Props) {
  const { across, rows } = useGround();
  const { groundBottom, text: size } = rows;
  return events.map((event, i) => {
    const x = across.x(event.at);
    const said = sayEvent(event);
    const isLeft = x + 5 + textWidth(said, size) > across.right;
    return (
      <text
        key={said}
        className={`event ${isLeft ? 'end' : 'start'}`}
        style={{ color: event.colour }}
        x={isLeft ? x - 5 : x + 5}
        y={groundBottom - 5 - (events.length - 1 - i) * (size + 2)}
      >
        {said}
      </text>
    );
  });
}
