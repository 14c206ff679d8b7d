import { useMemo, useState } from 'react';
import type { LaneStream } from '../../inspect/readings';
import type { Axis, Domain } from '../../plot/axis';
import { BarPlot } from '../../plot/BarPlot';
import { depthScale } from '../../plot/depth';
import { fitted, reach } from '../../plot/domain';
import { formatSignificant } from '../../plot/format';
import { mapHeight, MapPlot } from '../../plot/MapPlot';
import { Key } from '../panels/evaluation/Key';
import '../panels/evaluation/evaluation.css';
import { laneLook } from '../panels/lanes';
import { ABOUT } from './about';
import { Absent, LanePick, Segments, type Choice } from './controls';
import { DepthTraces } from './DepthTraces';
import { InspectorFigure } from './InspectorFigure';
import { chosen, laneTrace, missing, present, type Present } from './present';
import type { InspectedLane, ViewProps } from './props';
import {
  barsOf,
  depthName,
  MEASURES,
  tellAngles,
  tellGains,
  tellParts,
  valuesOf,
  type Measure,
} from './words/stream';

const MEASURE_CHOICES: readonly Choice<Measure>[] = MEASURES.map((id) => ({
  ...{ id, label: id },
  title: {
    ratio: 'Norm of the part over that of the final stream',
    cosine: 'Cosine of the part and the final stream',
    share: 'Share of the part in the final stream; shares sum to 1',
  }[id],
}));

type Whose = 'token' | 'mean';
const WHOSE: readonly Choice<Whose>[] = [
  { id: 'mean', label: 'mean', title: 'The mean over all tokens' },
  { id: 'token', label: 'token', title: 'The token that is looked at' },
];

/** The parts that sublayers wrote into the final stream, the gain of each block, and how the stream turns. */
export function Stream({ reading, lanes, looking, lane, look }: ViewProps<'stream'>) {
  const [measure, setMeasure] = useState<Measure>('share');
  const [whose, setWhose] = useState<Whose>('mean');
  const there = present(reading.lanes, lanes);
  const withGains = lanes.filter(({ gains }) => gains);
  const at = whose === 'token' ? looking : null;
  const read = there.map(({ lane, of }) => ({
    lane,
    of,
    values: valuesOf(of, measure, at, lane.config.seq_len),
  }));
  const n_layers = Math.max(1, ...there.map(({ of }) => of.angular.last.length - 1));
  const data = withHeadroom(
    reach(
      'linear',
      read.flatMap(({ values }) => values),
    ),
  );
  return (
    <>
      {there.length > 0 && (
        <section className="in-part">
          <InspectorFigure
            title="parts of the final stream"
            about={ABOUT.stream}
            tools={
              <>
                <Segments
                  label="Measure"
                  value={measure}
                  options={MEASURE_CHOICES}
                  onPick={setMeasure}
                />
                <Segments label="Of" value={whose} options={WHOSE} onPick={setWhose} />
                <PartKey />
              </>
            }
            said={tellParts(reading, lanes, measure, at)}
            height={22 + read.length * (read.length > 2 ? 72 : 96)}
            plot={(size) => {
              const depth = depthScale(n_layers, size.width, { left: 4 * size.text, right: 44 });
              const each = Math.floor((size.height - 22) / read.length);
              return read.map(({ lane, of, values }, i) => {
                const isLast = i === read.length - 1;
                return (
                  <BarPlot
                    key={lane.id}
                    {...size}
                    depth={depth}
                    height={each + (isLast ? 22 : 0)}
                    ticks={isLast}
                    label={`parts of the final stream, ${measure} of ${at ? `position ${at.token} of sequence ${at.sequence}` : 'all tokens in the mean'}`}
                    name={lane.name}
                    {...laneLook(lane.id)}
                    bars={barsOf(of, values, n_layers)}
                    axis={{
                      ...{ kind: 'linear', data, always: [0, 0] },
                      subject: `${measure} ${whose}`,
                    }}
                  />
                );
              });
            }}
          />
        </section>
      )}
      {withGains.length > 0 && <Gains lanes={withGains} />}
      <Angles {...{ there, lane }} onPick={(lane) => look({ lane })} />
      <Absent lanes={missing(reading.lanes, lanes)} has="no stream to take apart" />
    </>
  );
}

/** The share of the range that is kept free above the bars for a lane’s name. */
const HEADROOM = 0.25;
const HAIR = 0.01;

const withHeadroom = (data: Domain | null): Domain | null => {
  if (!data) return null;
  const high = Math.max(0, data[1]);
  // A hair below 0 is no reason for an axis of negative numbers.
  const low = data[0] < -HAIR * high ? data[0] : 0;
  return [low, high + (high - low) * HEADROOM];
};

/** The meaning of filled and faint bars. */
const PartKey = () => (
  <span className="in-parts" aria-hidden="true">
    <i className="full" /> attention
    <i className="faint" /> MLP
    <i className="hollow" /> biases
  </span>
);

function Gains({ lanes }: { lanes: readonly InspectedLane[] }) {
  const traces = useMemo(
    () =>
      lanes.flatMap((lane) => [
        laneTrace(lane, lane.gains!.forward, 0),
        laneTrace(lane, lane.gains!.backward, 0, {
          ...{ id: `${lane.id} backward`, label: `${lane.name} backward` },
          ...{ line: 'dashed', isUnnamed: true },
        }),
      ]),
    [lanes],
  );
  return (
    <section className="in-part">
      <InspectorFigure
        title="gain of each block"
        about={ABOUT.gain}
        tools={
          <Key
            lines={[
              ['forward', 'solid'],
              ['backward', 'dashed'],
            ]}
          />
        }
        said={tellGains(lanes)}
        plot={(size) => (
          <DepthTraces
            {...size}
            label="gain of each block, forward solid, backward dashed"
            n_layers={Math.max(1, ...lanes.map(({ gains }) => gains!.forward.length))}
            traces={traces}
            axis={{ kind: 'log', subject: 'gain', always: [-0.1, 0.1] }}
          />
        )}
      />
    </section>
  );
}

type Which = 'last' | 'mean';
const WHICH: readonly Choice<Which>[] = [
  { id: 'last', label: 'last token', title: 'At the last token of each sequence' },
  { id: 'mean', label: 'all tokens', title: 'The mean over all tokens' },
];

interface AnglesProps {
  there: readonly Present<LaneStream>[];
  lane: string;
  onPick(lane: InspectedLane['id']): void;
}

/** Pixels: the largest side of a cell. */
const CELL = 18;

/** The angle of the stream at every two depths. */
function Angles({ there, lane, onPick }: AnglesProps) {
  const [which, setWhich] = useState<Which>('last');
  const shown = chosen(there, lane);
  const axis = useMemo((): Axis => {
    const all = there.flatMap(({ of }) => of.angular[which].flat());
    const data = reach('linear', all);
    return { kind: 'linear', domain: fitted({ kind: 'linear', data, always: [0, 0] }) };
  }, [there, which]);
  if (!shown) return null;
  const angles = shown.of.angular[which];
  const count = angles.length;
  const last = count - 1;
  const sides = { down: { name: 'stream at m' }, across: { name: 'stream at l' } };
  const counts = { rows: count, columns: count, largest: CELL };
  return (
    <section className="in-part">
      <InspectorFigure
        title="angle between depths"
        about={ABOUT.angular}
        tools={
          <>
            <LanePick lanes={there.map((one) => one.lane)} value={shown.lane.id} onPick={onPick} />
            <Segments label="Tokens" value={which} options={WHICH} onPick={setWhich} />
          </>
        }
        said={tellAngles(shown.lane.name, angles)}
        height={(size) => mapHeight(size, counts, sides)}
        plot={(size) => (
          <MapPlot
            {...size}
            {...sides}
            axis={axis}
            largest={CELL}
            label={`angle between depths, half turns, ${which === 'last' ? 'last token' : 'mean over tokens'}`}
            grid={{
              ...{ label: shown.lane.name, ...laneLook(shown.lane.id), columns: count, first: 0 },
              steps: angles.map((_, l) => l),
              values: Float32Array.from(angles.flat(), (angle) =>
                Number.isFinite(angle) ? angle : Infinity,
              ),
            }}
            say={({ row, column }, angle) =>
              `${depthName(row, last)}, ${depthName(column, last)}: ${Number.isFinite(angle) ? formatSignificant(angle) : 'not finite'}`
            }
            idle="half turns between depths"
          />
        )}
      />
    </section>
  );
}
