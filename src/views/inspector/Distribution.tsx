import { useState } from 'react';
import { BinPlot } from '../../plot/BinPlot';
import { laneLook } from '../panels/lanes';
import { ABOUT } from './about';
import { Absent, LaneKey, Segments, Switches, type Choice } from './controls';
import { InspectorFigure } from './InspectorFigure';
import { NumberTable } from './NumberTable';
import { missing, present } from './present';
import type { ViewProps } from './props';
import {
  CHOSEN_FORMATS,
  DIRECTIONS,
  formatEnds,
  hasCounts,
  SPREAD_ROWS,
  tellWay,
  type ChosenFormat,
  type Way,
} from './words/distribution';

type Scale = 'values' | 'magnitudes';
const SCALES: readonly Choice<Scale>[] = [
  { id: 'values', label: 'values', title: 'The numbers as they are' },
  { id: 'magnitudes', label: 'magnitudes', title: 'log₁₀ of the absolute value' },
];

const FORMAT_SWITCHES = CHOSEN_FORMATS.map((id) => ({
  ...{ id, label: id },
  title: `Where ${id} ends: its largest number, the smallest of full precision, the smallest`,
}));

const TITLES: Record<Way, string> = { forward: 'forward values', backward: 'gradient values' };

/** The numbers at a place and their gradients: histograms, and what is told of them in numbers. */
export function Distribution({ reading, lanes, looking }: ViewProps<'distribution'>) {
  const [scale, setScale] = useState<Scale>('values');
  const [formats, setFormats] = useState<ChosenFormat[]>([]);
  const { place } = looking;
  const isLog = scale === 'magnitudes';
  return (
    <>
      <div className="in-bar">
        <Segments label="Histogram of" value={scale} options={SCALES} onPick={setScale} />
        {isLog && (
          <Switches
            label="Ends of formats"
            on={formats}
            options={FORMAT_SWITCHES}
            onChange={setFormats}
          />
        )}
      </div>
      {DIRECTIONS.map((way) => {
        const spreads = reading[way];
        const histogram = spreads[scale];
        const there = present(spreads.lanes, lanes);
        const title = TITLES[way];
        const has = way === 'forward' ? `no ${place}` : `no gradient at ${place}`;
        const drawn = hasCounts(histogram);
        return (
          <section key={way} className="in-part">
            {there.length > 0 && drawn && (
              <InspectorFigure
                title={title}
                about={ABOUT[way === 'forward' ? 'distribution' : 'gradient']}
                tools={<LaneKey lanes={there.map(({ lane }) => lane)} />}
                said={tellWay(reading, way, lanes, place)}
                height={156}
                plot={(size) => (
                  <BinPlot
                    {...size}
                    label={`${title}, count of ${isLog ? 'magnitudes' : 'values'} at ${place}`}
                    edges={histogram.edges}
                    rows={lanes.flatMap(({ id, name }, i) => {
                      const values = histogram.counts[i];
                      return values ? [{ id, label: name, ...laneLook(id), values }] : [];
                    })}
                    axis={{ kind: 'count', subject: `${way} ${scale} ${place}` }}
                    across={isLog ? '|x|' : 'x'}
                    isLogAcross={isLog}
                    {...(isLog && { marks: formatEnds(histogram.edges, way, lanes, formats) })}
                  />
                )}
              />
            )}
            {there.length > 0 && !drawn && (
              <p className="in-nothing">{tellWay(reading, way, lanes, place)}</p>
            )}
            <Absent lanes={missing(spreads.lanes, lanes)} has={has} />
          </section>
        );
      })}
      {DIRECTIONS.map((way) => {
        const there = present(reading[way].lanes, lanes);
        return there.length === 0 ? null : (
          <NumberTable
            key={way}
            caption={`${TITLES[way]} at ${place} in numbers`}
            title={TITLES[way]}
            lanes={there.map(({ lane }) => lane)}
            rows={SPREAD_ROWS.map(({ of, ...row }) => ({
              ...row,
              values: there.map((one) => of(one.of)),
            }))}
          />
        );
      })}
    </>
  );
}
