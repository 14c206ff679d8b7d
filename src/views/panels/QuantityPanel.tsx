import { useMemo } from 'react';
import { useShallow } from 'zustand/shallow';
import { describe } from '../../config/describe';
import { kindOfPlace } from '../../config/quantity';
import type { BlockSite } from '../../config/sites';
import type { Direction } from '../../config/statistics';
import type { Limit } from '../../plot/limits';
import type { Measurement } from '../../protocol/frame';
import { useLaneIds } from '../lanes/useLane';
import { useScope } from '../scope';
import { AboutQuantity } from './About';
import { DepthPanel } from './DepthPanel';
import type { DepthPanelEntry } from './depthPanels';
import { QuantityPick } from './QuantityPick';
import { rangeLimits } from './ranges';
import { seriesOf } from './series';
import { readShown } from './useDepthPanel';

/** Where the lanes’ formats end at a site; the same array for as long as their configurations and loss scales are the same. */
function useRangeLimits(direction: Direction | null, site: BlockSite): Limit[] {
  const ids = useLaneIds();
  const configs = useScope(
    useShallow(({ lanes }) => lanes.map(({ config, shown }) => shown?.config ?? config)),
  );
  const scales = useScope(
    useShallow(({ lanes }) => lanes.map(({ shown }) => shown?.frame.output.loss_scale)),
  );
  return useMemo(() => {
    const lanes = configs.map((config, i) => ({ id: ids[i]!, config, lossScale: scales[i] }));
    return direction ? rangeLimits(lanes, direction, site) : [];
  }, [ids, configs, scales, direction, site]);
}

export function QuantityPanel({ id, title, tell }: DepthPanelEntry) {
  const quantity = useScope(({ view }) => view[id]);
  const { read, readSeed } = useMemo(() => {
    const readSeed = (measured: Measurement) => seriesOf(measured, quantity);
    return { read: readShown(readSeed), readSeed };
  }, [quantity]);
  const about = useMemo(() => describe(quantity), [quantity]);
  const { place } = quantity;
  const { counts, direction, unit, log, subject } = about;
  const limits = useRangeLimits(
    unit === 'signal' && log ? direction! : null,
    kindOfPlace(place) as BlockSite,
  );
  const head = useMemo(
    () => (
      <>
        <QuantityPick panel={id} />
        <AboutQuantity quantity={quantity} />
      </>
    ),
    [id, quantity],
  );
  return (
    <DepthPanel
      {...{ title, read, readSeed, about, limits, subject, quantity }}
      tell={(told, words) =>
        counts
          ? words.countSentence(told, counts, direction!, place === 'block' ? null : place)
          : tell(words, told, about, quantity)
      }
      head={head}
    />
  );
}
