import { useState } from 'react';
import type { Config } from '../../config/fields';
import type { PlacementId } from '../../config/placements';
import type { LayerRange } from '../../config/ranges';
import { Segmented } from '../lanes/Segmented';
import { TOGGLES } from '../lanes/LaneToggles';
import { useLaneIds } from '../lanes/useLane';
import type { LaneId } from '../../runs/state';
import { useActions } from '../scope';
import { NumberBox } from '../ui/NumberBox';
import { ChangeList } from './ChangeList';
import { heldBy, placementsWithout, withLayers, type Part } from './edits';
import { useParts } from './useParts';

const last = (k: number) => (L: number) => ({ from: Math.max(0, L - k), to: L - 1 });
const first = (k: number) => (L: number) => ({ from: 0, to: Math.min(k, L) - 1 });

interface SomeProps {
  parts: Part[];
  layers(L: number): LayerRange;
}

function SomeLayers({ parts, layers }: SomeProps) {
  const { setValues } = useActions();
  const rangeOf = ({ n_layers }: Config) => layers(n_layers);
  return (
    <Segmented
      id="placement"
      {...TOGGLES.placement}
      value={heldBy(parts.map(({ config }) => ({ config, layers: rangeOf(config) }))).placement}
      without={placementsWithout(parts.map(({ config }) => config))}
      onPick={(picked) =>
        setValues(
          (config) => withLayers(config, rangeOf(config), { placement: picked as PlacementId }),
          parts.map(({ id }) => id),
        )
      }
    />
  );
}

/** The ends of the stack at once, and all that was changed. */
export function StackEnds({ n_layers, lanes }: { n_layers: number; lanes: LaneId[] }) {
  const parts = useParts(lanes);
  const [k, setK] = useState<number | null>(null);
  const all = useLaneIds();
  const count = Math.min(k ?? Math.max(1, Math.round(n_layers / 4)), n_layers);
  const box = (label: string) => (
    <NumberBox
      whole
      label={label}
      {...{ value: count, min: 1, max: n_layers, size: 2 }}
      onChange={setK}
    />
  );
  return (
    <>
      <div className="ly-ends">
        <span>
          last {box('How many of the last layers')} layer{count > 1 && 's'}
        </span>
        <SomeLayers parts={parts} layers={last(count)} />
        <span>
          first {box('How many of the first layers')} layer{count > 1 && 's'}
        </span>
        <SomeLayers parts={parts} layers={first(count)} />
      </div>
      <p className="ly-soft">
        Weights are kept. For any other layers, click one in the stack or drag across several.
      </p>
      <ChangeList lanes={all} />
    </>
  );
}
