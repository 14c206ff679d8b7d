import { useMemo } from 'react';
import { COMPARISONS, type Comparison } from '../../config/comparison';
import type { Trace } from '../../plot/trace';
import type { Measurement } from '../../protocol/frame';
import { isHealthy } from '../../runs/divergence';
import { later } from '../../runs/later';
import type { Lane } from '../../runs/state';
import { useMoving, useScope } from '../scope';
import { useCode } from '../ui/useCode';
import { against } from './comparison';
import {
  baselineOf,
  deepest,
  drawnLayers,
  fractionAxis,
  isAbsent,
  laneLook,
  named,
  useLanesOnShow,
} from './lanes';
import type { Told } from './sentences';
import type { Hold, Series } from './series';
import type { TheoryOverlay } from './theory/theoryOverlay';

export interface LaneSeries {
  step: number;
  series: Series[];
  /** NaN stands there because numbers left the finite range, not for a value that is not defined. */
  isBroken?: boolean;
}

export const readShown =
  (read: (shown: Measurement) => Series[]) =>
  ({ shown }: Lane): LaneSeries | null =>
    shown && {
      step: shown.frame.step,
      series: read(shown),
      ...(isHealthy(shown) ? {} : { isBroken: true }),
    };

const fetchGhosts = later('draws pinned moments', () => import('./ghostTraces'));

/**
 * The curves of a panel against depth, of every lane. `read` must not change while it reads the same; `given`
 * are the lanes where not every step of them is shown.
 */
export function useDepthPanel(
  read: (lane: Lane) => LaneSeries | null,
  by: Comparison,
  theory: TheoryOverlay | null,
  given?: Lane[],
) {
  const isRatio = theory?.isRatio ?? false;
  const chosen = useScope(baselineOf);
  const baseline = isRatio ? null : chosen;
  const ghosts = useScope((scope) => scope.ghosts);
  const pinned = useCode(fetchGhosts, ghosts.length > 0);
  const onShow = useLanesOnShow();
  const all = given ?? onShow;
  const isFraction = useScope((scope) => fractionAxis(scope) !== undefined);
  const hovered = useScope((scope) => scope.hovered);
  const selected = useScope((scope) => scope.selected);
  const glides = !useMoving();

  const { lanes, n_layers, traces, told } = useMemo(() => {
    const lanes = named(all);
    const n_layers = deepest(all);
    const readings = new Map(
      all.map((lane) => {
        const of = theory && isRatio ? theory.matched(lane) : lane;
        const n_layers = of.shown?.layout.n_layers ?? drawnLayers(lane);
        return [lane.id, { ...read(of)!, n_layers }];
      }),
    );
    const base = baseline && readings.get(baseline);
    const hold: Hold = (series, own = n_layers) =>
      base
        ? against(
            series,
            base.series ?? [],
            by,
            isFraction ? { own, base: base.n_layers } : undefined,
          )
        : series;
    const holdOf = (lane: Lane): Hold =>
      theory && isRatio ? (series) => against(series, theory.predicted(lane), by) : hold;
    const measured = lanes.flatMap(({ lane, name }) => {
      const reading = readings.get(lane.id);
      const own = reading?.series ?? [];
      return holdOf(lane)(own, reading?.n_layers).map((series) => {
        // NaN stands for what is not defined, too, such as the entropy of a single token; a lane in
        // which nothing went wrong has no such curve.
        const broken = reading!.isBroken ?? (lane.divergence?.step ?? Infinity) <= reading!.step;
        const defined = broken || series.points.some(({ y }) => !Number.isNaN(y));
        // While a shallower model is built, the old frame reaches past the axis.
        const points = defined ? series.points.filter(({ x }) => x < n_layers) : [];
        const { suffix } = series;
        return {
          lane,
          laneName: name,
          id: suffix ? `${lane.id} ${suffix}` : lane.id,
          name: suffix ? `${name} ${suffix}` : name,
          series: { ...series, points },
          step: reading!.step,
          n_layers: reading!.n_layers,
        };
      });
    });
    const absent = lanes.filter(({ lane }) => isAbsent(lane));
    return {
      lanes,
      n_layers,
      traces: [
        // The theory of what they were is not known.
        ...(isRatio || !pinned
          ? []
          : pinned.ghostTraces(ghosts, hold, (seen) => read({ ...all[0]!, ...seen }), n_layers)),
        ...measured
          .filter(({ series }) => series.points.length > 0)
          .map(
            ({ lane, laneName, id, name, n_layers, series: { suffix: _, ...series } }): Trace => ({
              ...{ id, n_layers },
              label: name,
              lane: laneName,
              ...laneLook(lane.id),
              ...series,
              group: lane.id,
            }),
          )
          .concat(
            absent.map(({ lane: { id }, name }) => ({
              id,
              label: `${name}, no frame`,
              ...laneLook(id),
              points: [],
            })),
          ),
        ...(theory?.traces(lanes, hold, n_layers) ?? []),
      ],
      told: measured
        .filter(({ lane }) => lane.id !== baseline)
        .map(({ name, series, step }): Told => {
          const baseName = lanes.find(({ lane }) => lane.id === baseline)?.name;
          return {
            name: baseName ? `${name} ${COMPARISONS[by].word} ${baseName}` : name,
            points: series.points,
            step,
          };
        }),
    };
  }, [all, ghosts, pinned, read, baseline, by, theory, isRatio, isFraction]);
  return { lanes, n_layers, traces, told, hovered, selected, glides, baseline, isFraction };
}
