import { useMemo, useState } from 'react';
import type { LanePrediction } from '../../inspect/readings';
import { percent } from '../../lib/percent';
import { BinPlot } from '../../plot/BinPlot';
import { useGround } from '../../plot/ground';
import type { LaneId } from '../../runs/laneId';
import { laneLook } from '../panels/lanes';
import { Figures } from '../ui/Figures';
import { Terms } from '../ui/Terms';
import { ABOUT } from './about';
import { Absent, LaneKey, LanePick, Segments, type Choice } from './controls';
import { DepthTraces } from './DepthTraces';
import { InspectorFigure } from './InspectorFigure';
import { chosen, laneTrace, missing, present, type Present } from './present';
import type { InspectedLane, ViewProps } from './props';
import { symbolText } from './symbols';
import { hasCounts } from './words/distribution';
import {
  CURVE_IDS,
  CURVES,
  formatRank,
  tellByDepth,
  tellCalibration,
  tellLogits,
  tellToken,
  type Curve,
} from './words/prediction';

const CURVE_CHOICES: readonly Choice<Curve>[] = CURVE_IDS.map((id) => ({
  ...{ id, label: CURVES[id].label, title: CURVES[id].title },
}));

/** The logit lens by depth, the symbols that it gives a token, the logits and how far to trust them. */
export function Prediction({ reading, lanes, looking, lane, look }: ViewProps<'prediction'>) {
  const [curve, setCurve] = useState<Curve>('crossEntropy');
  const there = present(reading.lanes, lanes);
  const { label, unit, kind } = CURVES[curve];
  const n_layers = Math.max(1, ...there.map(({ of }) => of.crossEntropy.length - 1));
  const traces = useMemo(
    () => present(reading.lanes, lanes).map(({ lane, of }) => laneTrace(lane, of[curve], -1)),
    [reading, lanes, curve],
  );
  const absent = <Absent lanes={missing(reading.lanes, lanes)} has="no symbols to predict" />;
  if (!there.length) return absent;
  return (
    <>
      <section className="in-part">
        <InspectorFigure
          title="prediction by depth"
          about={ABOUT.prediction}
          tools={<Segments label="Curve" value={curve} options={CURVE_CHOICES} onPick={setCurve} />}
          said={tellByDepth(reading, lanes, curve)}
          height={168}
          plot={(size) => (
            <DepthTraces
              {...size}
              label={`prediction by depth, ${label}${unit && `, ${unit}`}`}
              n_layers={n_layers}
              traces={traces}
              axis={{
                ...{ kind, subject: curve },
                ...(curve === 'accuracy' && { always: [0, 1] }),
              }}
            />
          )}
        />
        {absent}
      </section>
      <TopSymbols {...{ there, lane, looking }} onPick={(lane) => look({ lane })} />
      {hasCounts(reading.logits) && (
        <section className="in-part">
          <InspectorFigure
            title="logits"
            about={ABOUT.logits}
            tools={<LaneKey lanes={there.map((one) => one.lane)} />}
            said={tellLogits(reading, lanes)}
            height={140}
            plot={(size) => (
              <BinPlot
                {...size}
                label="logits, count"
                edges={reading.logits.edges}
                rows={lanes.flatMap(({ id, name }, i) => {
                  const values = reading.logits.counts[i];
                  return values ? [{ id, label: name, ...laneLook(id), values }] : [];
                })}
                axis={{ kind: 'count', subject: 'logits' }}
                across="logit"
              />
            )}
          />
        </section>
      )}
      <Calibration {...{ reading, lanes, there }} />
    </>
  );
}

/** Symbols to a row of the table. */
const SYMBOLS = 5;

interface TopProps {
  there: readonly Present<LanePrediction>[];
  lane: LaneId;
  looking: { sequence: number; token: number };
  onPick(lane: LaneId): void;
}

/** The likeliest symbols after the token that is looked at, by depth; its target is set off. */
function TopSymbols({ there, lane, looking, onPick }: TopProps) {
  const shown = chosen(there, lane)!;
  const { of } = shown;
  const { vocabulary } = shown.lane;
  const token = `position ${looking.token} of sequence ${looking.sequence}`;
  const textOf = (symbol: number) => symbolText(vocabulary, symbol) ?? String(symbol);
  return (
    <section className="in-part">
      <div className="in-bar">
        <h3 className="in-title">likeliest symbols</h3>
        <LanePick lanes={there.map((one) => one.lane)} value={shown.lane.id} onPick={onPick} />
      </div>
      <table className="in-table in-tops">
        <caption className="ui-visually-hidden">{`Likeliest symbols after ${token}, by depth`}</caption>
        <thead>
          <tr>
            <th scope="col">after</th>
            <th scope="col" colSpan={SYMBOLS}>
              likeliest, in percent
            </th>
            <th scope="col">target</th>
            <th scope="col">rank</th>
          </tr>
        </thead>
        <tbody>
          {of.tops.map((tops, l) => (
            <tr key={l}>
              <th scope="row">{l === 0 ? 'embed' : l - 1}</th>
              {Array.from({ length: SYMBOLS }, (_, i) => {
                const top = tops[i];
                if (!top) return <td key={i} />;
                const isTarget = top.symbol === of.target;
                return (
                  <td key={i} data-target={isTarget || undefined} title={percent(top.p)}>
                    <b>{textOf(top.symbol)}</b>
                    {isTarget && <span className="ui-visually-hidden"> (target)</span>}
                    <small>{Number.isFinite(top.p) ? Math.round(100 * top.p) : '–'}</small>
                  </td>
                );
              })}
              <td>{of.target < 0 ? '–' : <Figures text={percent(of.targetP[l] ?? NaN)} />}</td>
              <td>
                {of.target < 0 ? '–' : <Figures text={formatRank(of.targetRank[l] ?? NaN)} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="in-said">
        <Terms>{tellToken(shown.lane, of, token)}</Terms>
      </p>
    </section>
  );
}

interface CalibrationProps {
  reading: Parameters<typeof tellCalibration>[0];
  lanes: readonly InspectedLane[];
  there: readonly Present<LanePrediction>[];
}

/** The share of right answers among those of which the model is so sure. */
function Calibration({ reading, lanes, there }: CalibrationProps) {
  const bins = there[0]!.of.calibration.length;
  const edges = useMemo(() => Array.from({ length: bins + 1 }, (_, i) => i / bins), [bins]);
  return (
    <section className="in-part">
      <InspectorFigure
        title="calibration"
        about={ABOUT.calibration}
        tools={<LaneKey lanes={there.map((one) => one.lane)} />}
        said={tellCalibration(reading, lanes)}
        height={200}
        plot={(size) => (
          <BinPlot
            {...size}
            label="calibration, accuracy by confidence"
            edges={edges}
            rows={there.map(({ lane, of }) => ({
              ...{ id: lane.id, label: lane.name, ...laneLook(lane.id) },
              values: of.calibration.map(({ count, accuracy }) => (count > 0 ? accuracy : NaN)),
            }))}
            axis={{ kind: 'linear', subject: 'calibration', always: [0, 1] }}
            across="confidence"
          >
            <Diagonal />
          </BinPlot>
        )}
      />
    </section>
  );
}

/** As often right as sure. */
function Diagonal() {
  const { across, y, clip } = useGround();
  return (
    <g clipPath={clip}>
      <line className="level" x1={across.left} x2={across.right} y1={y(0)!} y2={y(1)!} />
    </g>
  );
}
