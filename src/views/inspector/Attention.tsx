import { useCallback, useMemo, useState } from 'react';
import type { LaneAttention } from '../../inspect/readings';
import type { Axis } from '../../plot/axis';
import { Canvas } from '../../plot/Canvas';
import { formatSignificant } from '../../plot/format';
import { drawGrid } from '../../plot/map';
import { mapHeight, MapPlot, type MapSide } from '../../plot/MapPlot';
import { laneLook } from '../panels/lanes';
import { ABOUT } from './about';
import { Absent, LanePick, Segments, type Choice } from './controls';
import { InspectorFigure } from './InspectorFigure';
import { alone, chosen, missing, present } from './present';
import type { ViewProps } from './props';
import { symbolText } from './symbols';
import { cellText, headPattern, leastDecade, tellAttention, within } from './words/attention';

type Scale = 'log' | 'linear';
const SCALES: readonly Choice<Scale>[] = [
  { id: 'log', label: 'log', title: 'Colours by the logarithm of the weight' },
  { id: 'linear', label: 'lin', title: 'Colours by the weight' },
];

/** A head over the tokens of a sequence as a map, and all heads of the layer in small. */
export function Attention({ reading, lanes, looking, lane, look }: ViewProps<'attention'>) {
  const [scale, setScale] = useState<Scale>('log');
  const there = present(reading.lanes, lanes);
  const shown = chosen(there, lane);
  const longest = Math.max(1, ...there.map(({ of }) => of.T));
  const least = leastDecade(longest);
  const axis = useMemo(
    (): Axis => ({ kind: scale, domain: scale === 'log' ? [least, 0] : [0, 1] }),
    [scale, least],
  );
  const head = shown ? within(looking.head, shown.of.heads) : 0;
  const grid = useMemo(() => {
    if (!shown) return null;
    const { lane, of } = shown;
    return {
      ...{ label: lane.name, ...laneLook(lane.id), columns: of.T, first: 0 },
      steps: Array.from({ length: of.T }, (_, i) => i),
      values: headPattern(of, head),
    };
    // The entry and the lane are the same objects for as long as the reading is.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [shown?.of, shown?.lane, head]);
  const absent = <Absent lanes={missing(reading.lanes, lanes)} has="no attention here" />;
  if (!shown || !grid) return absent;
  const { of } = shown;
  const token = within(looking.token, of.T);
  const texts = of.symbols?.map((symbol) => symbolText(shown.lane.vocabulary, symbol)) ?? null;
  const side = (name: string): MapSide => ({ name, texts, marked: token });
  const [down, across] = [side('query'), side('key')];
  return (
    <section className="in-part">
      <InspectorFigure
        title={`attention of head ${head}`}
        about={ABOUT.attention}
        tools={
          <>
            <LanePick
              lanes={there.map((one) => one.lane)}
              value={shown.lane.id}
              onPick={(lane) => look({ lane })}
            />
            <Segments label="Colours" value={scale} options={SCALES} onPick={setScale} />
          </>
        }
        said={tellAttention(alone(reading, of), lanes, { head, token: looking.token })}
        height={(size) =>
          mapHeight(size, { rows: of.T, columns: of.T, hasBars: true }, { down, across })
        }
        plot={(size) => (
          <MapPlot
            {...size}
            {...{ grid, down, across, axis }}
            label={`attention of head ${head}, weights in layer ${reading.layer}`}
            bars={{ values: of.received[head]!, name: 'received by each key' }}
            say={({ row, column }, weight) => cellText(shown.lane, of, row, column, weight)}
            idle="rows read columns"
            onChoose={({ column }) => look({ token: column })}
          />
        )}
      />
      <Heads {...{ of, head, axis }} onPick={(head) => look({ head })} />
      {absent}
    </section>
  );
}

interface HeadsProps {
  of: LaneAttention;
  head: number;
  axis: Axis;
  onPick(head: number): void;
}

/** Pixels of a head in small. */
const SMALL = 56;

/** The heads of the layer, each with what the statistics say of it for this sequence. */
function Heads({ of, head, axis, onPick }: HeadsProps) {
  return (
    <div className="in-heads" role="group" aria-label="Heads">
      {Array.from({ length: of.heads }, (_, i) => {
        const [entropy, sink] = [of.entropy[i]!, of.sink[i]!].map((value) =>
          formatSignificant(value, 2),
        );
        return (
          <button key={i} type="button" aria-pressed={i === head} onClick={() => onPick(i)}>
            <span className="in-head">
              <span className="ui-visually-hidden">Head </span>
              {i}
            </span>
            <SmallHead {...{ of, axis }} head={i} />
            <span className="in-marks">
              <span title="Entropy, of 1">
                <span className="ui-visually-hidden">, entropy </span>
                {`H ${entropy}`}
              </span>
              <span title="Mean weight on position 0">
                <span className="ui-visually-hidden">, on position 0 </span>
                {`0← ${sink}`}
              </span>
            </span>
          </button>
        );
      })}
    </div>
  );
}

function SmallHead({ of, head, axis }: Pick<HeadsProps, 'of' | 'head' | 'axis'>) {
  const values = useMemo(() => headPattern(of, head), [of, head]);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) =>
      drawGrid(
        context,
        { columns: of.T, values },
        { left: 0, top: 0, cell: SMALL / of.T },
        'sequential',
        axis,
      ),
    [of, values, axis],
  );
  return (
    <span className="in-small" style={{ width: SMALL, height: SMALL }}>
      <Canvas width={SMALL} height={SMALL} draw={draw} />
    </span>
  );
}
