import { useMemo } from 'react';
import { formatSignificant } from '../../plot/format';
import { percent } from '../../lib/percent';
import { PositionPlot } from '../../plot/PositionPlot';
import { ABOUT } from './about';
import { Absent } from './controls';
import { DepthTraces } from './DepthTraces';
import { InspectorFigure } from './InspectorFigure';
import { NumberTable } from './NumberTable';
import { laneTrace, missing, present } from './present';
import type { ViewProps } from './props';
import { tellEffective, tellMatrices } from './words/spectrum';

/** The singular values of a matrix, and how many directions the stream uses by depth. */
export function Spectrum({ reading, lanes }: ViewProps<'spectrum'>) {
  const there = useMemo(() => present(reading.lanes, lanes), [reading, lanes]);
  const [values, ranks] = useMemo(
    () => [
      there.map(({ lane, of }) => laneTrace(lane, of.values, 1)),
      there
        .filter(({ of }) => of.effectiveRank.length > 0)
        .map(({ lane, of }) => laneTrace(lane, of.effectiveRank, -1)),
    ],
    [there],
  );
  const absent = <Absent lanes={missing(reading.lanes, lanes)} has="no matrix here" />;
  if (!there.length) return absent;
  const { matrix } = there[0]!.of;
  return (
    <>
      <section className="in-part">
        <InspectorFigure
          title="singular values"
          isDense
          about={ABOUT.spectrum}
          said={tellMatrices(reading, lanes)}
          height={168}
          plot={(size) => (
            <PositionPlot
              {...size}
              label={`singular values of ${matrix}`}
              name="rank"
              tokens={Math.max(1, ...there.map(({ of }) => of.values.length)) + 1}
              axis={{ kind: 'log', subject: matrix }}
              traces={values}
            />
          )}
        />
        {absent}
        <NumberTable
          caption="The matrix in numbers"
          lanes={there.map(({ lane }) => lane)}
          rows={[
            {
              label: '‖W‖₂',
              title: 'The largest singular value',
              values: there.map(({ of }) => formatSignificant(of.norm)),
            },
            {
              label: 'stable rank',
              values: there.map(({ of }) => formatSignificant(of.stableRank)),
            },
            {
              label: 'σ₁ / σₙ',
              title: 'Condition number',
              values: there.map(({ of }) => formatSignificant(of.condition)),
            },
            {
              label: 'top direction',
              title: 'Share of the first singular value’s square in the sum, of the final stream',
              values: there.map(({ of }) => (of.top.length > 0 ? percent(of.top.at(-1)!) : null)),
            },
          ]}
        />
      </section>
      {ranks.length > 0 && (
        <section className="in-part">
          <InspectorFigure
            title="effective rank of the stream"
            about={ABOUT.effectiveRank}
            said={tellEffective(reading, lanes)}
            plot={(size) => (
              <DepthTraces
                {...size}
                label="effective rank of the stream, effective rank"
                n_layers={Math.max(1, ...ranks.map(({ points }) => points.length - 1))}
                traces={ranks}
                axis={{ kind: 'log', subject: 'effective rank', always: [0, 0] }}
              />
            )}
          />
        </section>
      )}
    </>
  );
}
