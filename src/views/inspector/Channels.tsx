import { useState } from 'react';
import { useGround } from '../../plot/ground';
import { formatCount, formatSignificant } from '../../plot/format';
import { markPath } from '../../plot/marks';
import { PositionPlot } from '../../plot/PositionPlot';
import { percent } from '../../lib/percent';
import type { Spot } from '../../inspect/readings';
import { laneLook } from '../panels/lanes';
import { Figures } from '../ui/Figures';
import { LaneMark } from '../ui/LaneMark';
import { NumberBox } from '../ui/NumberBox';
import { ABOUT } from './about';
import { Absent } from './controls';
import { InspectorFigure } from './InspectorFigure';
import { NumberTable } from './NumberTable';
import { laneTrace, missing, present } from './present';
import type { InspectedLane, ViewProps } from './props';
import { spotName } from './symbols';
import { rankOf, tellChannel, tellChannels } from './words/channels';

/** Massive elements and tokens that are listed before someone asks for more. */
const LISTED = 6;

/** Channels by their size, and the channels and tokens that carry the peaks. */
export function Channels({ reading, lanes, looking, look }: ViewProps<'channels'>) {
  const { place } = looking;
  const [channel, setChannel] = useState<number | null>(null);
  const there = present(reading.lanes, lanes);
  const channels = Math.max(0, ...there.map(({ of }) => of.order.length));
  const isFinite = there.some(({ of }) => of.rms.some((rms) => Number.isFinite(rms)));
  const lookAt = ({ sequence, position }: Spot) => look({ sequence, token: position });
  const marked = there.flatMap(({ lane, of }) => {
    const found = channel === null ? null : rankOf(of, channel);
    return found ? [{ lane, ...found }] : [];
  });
  return (
    <section className="in-part">
      {isFinite ? (
        <InspectorFigure
          title="channels by size"
          isDense
          about={ABOUT.channels}
          said={[
            tellChannels(reading, lanes, looking),
            ...(channel === null ? [] : [tellChannel(reading, lanes, channel)]),
          ].join(' ')}
          height={170}
          plot={(size) => (
            <PositionPlot
              {...size}
              label={`channels by size, rms of channels at ${place}`}
              name="rank"
              tokens={channels + 1}
              axis={{ kind: 'log', subject: `channels ${place}` }}
              traces={there.map(({ lane, of }) => laneTrace(lane, of.rms, 1))}
            >
              <ChannelMarks marked={marked} />
            </PositionPlot>
          )}
        />
      ) : (
        <p className="in-nothing">{tellChannels(reading, lanes, looking)}</p>
      )}
      <Absent lanes={missing(reading.lanes, lanes)} has={`no channels at ${place}`} />
      {there.length > 0 && (
        <>
          <NumberTable
            caption="Shares of the largest channels in the sum of squares"
            lanes={there.map(({ lane }) => lane)}
            rows={[
              ...there[0]!.of.shares.map(({ top }, i) => ({
                label: top === 1 ? 'largest channel' : `largest ${top}`,
                title: 'Share of the sum of squares',
                values: there.map(({ of }) => percent(of.shares[i]?.share ?? NaN)),
              })),
              {
                label: 'median |x|',
                values: there.map(({ of }) => formatSignificant(of.median)),
              },
              {
                label: 'massive',
                title: 'Elements above 100 and above 1000 times the median absolute value',
                values: there.map(({ of }) => formatCount(of.massiveCount)),
              },
            ]}
          />
          <label className="in-field">
            channel
            <NumberBox
              label="Channel to mark"
              {...{ value: channel, empty: 'none', whole: true, min: 0, max: channels - 1 }}
              size={4}
              onChange={setChannel}
            />
          </label>
        </>
      )}
      {there.map(({ lane, of }) => (
        <div key={lane.id} className="in-lists">
          {of.massive.length > 0 && (
            <Listed
              title="massive elements"
              lane={lane}
              heads={['token', 'channel', 'value', '× median']}
              all={of.massive.map((element) => [
                <TokenButton key="token" {...{ lane, looking, spot: element, lookAt }} />,
                <button
                  key="channel"
                  type="button"
                  className="in-link"
                  aria-pressed={element.channel === channel}
                  title="Mark this channel"
                  onClick={() => setChannel(element.channel === channel ? null : element.channel)}
                >
                  {element.channel}
                </button>,
                <Figures key="value" text={formatSignificant(element.value)} />,
                <Figures
                  key="ratio"
                  text={
                    of.median > 0 ? formatSignificant(Math.abs(element.value) / of.median) : '–'
                  }
                />,
              ])}
              count={of.massiveCount}
            />
          )}
          {of.spikes.length > 0 && (
            <Listed
              title="largest tokens"
              lane={lane}
              heads={['token', 'rms', '× median']}
              all={of.spikes.map((spike) => [
                <TokenButton key="token" {...{ lane, looking, spot: spike, lookAt }} />,
                <Figures key="rms" text={formatSignificant(spike.rms)} />,
                <Figures key="ratio" text={formatSignificant(spike.ratio)} />,
              ])}
              count={of.spikes.length}
            />
          )}
        </div>
      ))}
    </section>
  );
}

interface MarkedChannel {
  lane: InspectedLane;
  rank: number;
  rms: number;
}

/** The channel that is asked for, on each lane’s curve. */
function ChannelMarks({ marked }: { marked: readonly MarkedChannel[] }) {
  const { across, y } = useGround();
  return marked.map(({ lane, rank, rms }) => {
    const height = y(rms);
    const { colour, mark } = laneLook(lane.id);
    return height === null ? null : (
      <g key={lane.id} className="in-channel" style={{ color: colour }}>
        <path d={markPath(mark, across.x(rank), height, 5)} />
      </g>
    );
  });
}

interface TokenButtonProps {
  lane: InspectedLane;
  looking: { sequence: number; token: number };
  spot: Spot;
  lookAt(spot: Spot): void;
}

/** A token by symbol and place, which is looked at when it is clicked. */
export const TokenButton = ({ lane, looking, spot, lookAt }: TokenButtonProps) => (
  <button
    type="button"
    className="in-link"
    aria-pressed={spot.sequence === looking.sequence && spot.position === looking.token}
    title="Look at this token"
    onClick={() => lookAt(spot)}
  >
    {spotName(lane.vocabulary, spot)}
  </button>
);

interface ListedProps {
  title: string;
  lane: InspectedLane;
  heads: readonly string[];
  all: readonly (readonly React.ReactNode[])[];
  /** That there are, of which these may be the first. */
  count: number;
}

/** The first rows of a list, and the rest on demand. */
function Listed({ title, lane, heads, all, count }: ListedProps) {
  const [isOpen, setOpen] = useState(false);
  const shown = isOpen ? all : all.slice(0, LISTED);
  return (
    <>
      <table className="in-table in-list">
        <caption>
          <LaneMark id={lane.id} size={11} />
          {`${lane.name}: ${title}`}
        </caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, i) => (
                <td key={heads[i]}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {all.length > LISTED && (
        <button type="button" className="in-more" onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'fewer' : `${all.length - LISTED} more`}
        </button>
      )}
      {isOpen && count > all.length && (
        <p className="in-note">{`The ${all.length} largest of ${formatCount(count)}.`}</p>
      )}
    </>
  );
}
