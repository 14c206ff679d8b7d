import { useMemo } from 'react';
import { useShallow } from 'zustand/shallow';
import { DEFAULTS } from '../../config/fields';
import type { Measurement } from '../../protocol/frame';
import { read } from '../../protocol/read';
import { readTyped } from '../../config/quantity';
import { lanesOnShow, named } from '../panels/lanes';
import { useScope } from '../scope';
import type { InspectedLane } from './props';

const at = (text: string) => readTyped(text)!;
const valuesOf = (measurement: Measurement, quantity: string) =>
  read(measurement, at(quantity)).layers.map(({ y }) => y);

/** The factors by which each block changes the size of the signal, and of the gradient on its way back. */
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

const NO_SYMBOLS: readonly string[] = [];

/** The lanes of the last reading, in its order, as they were at its step. */
export function useInspected(): InspectedLane[] {
  const read = useScope(({ inspection }) => inspection.lanes);
  const told = useScope(useShallow(({ inspection }) => inspection.remarks.map(({ lane }) => lane)));
  // Lanes are others at every step; their names, vocabularies and settings are not.
  const ids = useScope(useShallow((scope) => lanesOnShow(scope).map(({ id }) => id)));
  const names = useScope(useShallow((scope) => named(lanesOnShow(scope)).map(({ name }) => name)));
  const configs = useScope(useShallow((scope) => lanesOnShow(scope).map(({ config }) => config)));
  const vocabularies = useScope(
    useShallow((scope) => lanesOnShow(scope).map(({ engine }) => engine.model?.vocabulary)),
  );
  return useMemo(
    () =>
      // Every lane that was read has its place here, one that has gone since as well: readings go by it.
      read.map(({ id, measurement }): InspectedLane => {
        const i = ids.indexOf(id);
        const scale = measurement?.frame.output.loss_scale ?? NaN;
        return {
          ...{ id, name: names[i] ?? `lane ${id.toUpperCase()}` },
          config: measurement?.config ?? configs[i] ?? DEFAULTS,
          vocabulary: vocabularies[i] ?? NO_SYMBOLS,
          gains: measurement && gainsOf(measurement),
          isToldApart: told.includes(id),
          lossScale: Number.isFinite(scale) ? scale : 1,
        };
      }),
    [read, told, ids, names, configs, vocabularies],
  );
}
