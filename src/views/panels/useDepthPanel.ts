import { useMemo } from 'react';
import type { Trace } from '../../plot/trace';
import type { Frame, Layout } from '../../protocol/frame';
import { useScope } from '../scope';
import { deepest, laneLook, named } from './lanes';
import type { Told } from './sentences';
import type { Series } from './series';

/** What a panel against depth reads of every lane. `read` must not change while it reads the same. */
export function useDepthPanel(read: (layout: Layout, frame: Frame) => Series) {
  const all = useScope((scope) => scope.lanes);
  const hovered = useScope((scope) => scope.hovered);
  const selected = useScope((scope) => scope.selected);
  const glides = useScope((scope) => !scope.playing);

  const { lanes, n_layers, traces, told } = useMemo(() => {
    const lanes = named(all);
    const n_layers = deepest(all);
    const measured = lanes.flatMap(({ lane, name }) => {
      if (!lane.frame || !lane.model) return [];
      const series = read(lane.model.layout, lane.frame);
      // NaN stands for what is not defined, too, such as the entropy of a single token; a lane in
      // which nothing went wrong has no such curve.
      const defined = lane.divergence || series.points.some(({ y }) => !Number.isNaN(y));
      // While a shallower model is built, the old frame reaches past the axis.
      const points = defined ? series.points.filter(({ x }) => x < n_layers) : [];
      return [{ lane, name, series: { ...series, points }, step: lane.frame.step }];
    });
    return {
      lanes,
      n_layers,
      traces: measured
        .filter(({ series }) => series.points.length > 0)
        .map(({ lane, name, series }): Trace => ({
          id: lane.id,
          label: name,
          ...laneLook(lane.id),
          ...series,
        })),
      told: measured.map(({ name, series, step }): Told => ({ name, points: series.points, step })),
    };
  }, [all, read]);
  return { lanes, n_layers, traces, told, hovered, selected, glides };
}
