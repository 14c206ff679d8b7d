import { useMemo } from 'react';
import type { Measurement } from '../../protocol/frame';
import { read } from '../../protocol/read';
import { readTyped } from '../../config/quantity';
import { lanesOnShow, named } from '../panels/lanes';
import { useScope } from '../scope';
import type { InspectedLane } from './props';

const at = (text: string) => readTyped(text)!;
const valuesOf = (measurement: Measurement, quantity: string) =>
  read(measurement, at(quantity)).layers.map(({ y }) => y);

/** What each block makes of the size of the signal, and of the gradient on its way back. */
function gainsOf(measurement: Measurement) {
  const over = (statistic: string, after: string, before: string) => {
    const [above, below] = [after, before].map((site) =>
      valuesOf(measurement, `${statistic}@${site}`),
    );
    return above!.map((value, layer) => value / below![layer]!);
  };
  return {
    forward: over('rms', 'resid_post', 'resid_pre'),
    backward: over('grad_rms', 'resid_pre', 'resid_post'),
  };
}

/** The lanes of the last reading, in its order, as they were at its step. */
export function useInspected(): InspectedLane[] {
  const read = useScope(({ inspection }) => inspection.lanes);
  const all = useScope(lanesOnShow);
  return useMemo(() => {
    const lanes = named(all);
    return read.flatMap(({ id, measurement }): InspectedLane[] => {
      const found = lanes.find(({ lane }) => lane.id === id);
      const of = measurement ?? found?.lane.shown;
      if (!found || !of) return [];
      const scale = of.frame.output.loss_scale;
      return [
        {
          ...{ id, name: found.name, config: of.config, layout: of.layout },
          vocabulary: found.lane.engine.model?.vocabulary ?? [],
          gains: measurement && gainsOf(measurement),
          lossScale: Number.isFinite(scale) ? scale : 1,
        },
      ];
    });
  }, [read, all]);
}
