import type { ReactNode } from 'react';
import { norms, type NormId } from '../../config/norms';
import type { PlacementId } from '../../config/placements';
import { cutSpan, spanOf, type Span } from '../../plot/span';
import type { LaneId } from '../../runs/state';
import { Segmented } from '../lanes/Segmented';
import { useActions } from '../scope';
import { CloseButton, IconButton } from '../ui/buttons';
import { UndoIcon } from '../ui/icons';
import { NumberBox } from '../ui/NumberBox';
import { optionsOf, Pick } from '../ui/Pick';
import { heldBy, placementsWithout, withLayers } from './edits';
import { Intervene } from './Intervene';
import { useParts } from './useParts';

const NORMS = optionsOf(norms, (id) => `norm=${id}`);

interface SelectedLayersProps {
  layers: Span;
  n_layers: number;
  lanes: LaneId[];
  target: ReactNode;
}

/** From which layer to which, for who cannot drag or would rather type. */
function Which({ layers, last }: { layers: Span; last: number }) {
  const { select } = useActions();
  const shared = { whole: true, min: 0, max: last, size: 2 };
  return (
    <span className="ly-which">
      {layers.from === layers.to ? 'Layer' : 'Layers'}
      <NumberBox
        label="First layer"
        value={layers.from}
        onChange={(from) => select({ from, to: Math.max(from, layers.to) })}
        {...shared}
      />
      <span aria-hidden="true">–</span>
      <NumberBox
        label="Last layer"
        value={layers.to}
        onChange={(to) => select(spanOf(Math.min(layers.from, to), to))}
        {...shared}
      />
    </span>
  );
}

export function SelectedLayers({ layers, n_layers, lanes, target }: SelectedLayersProps) {
  // A lane without any of these layers has nothing to show or to change.
  const parts = useParts(lanes).filter(({ config }) => cutSpan(layers, config.n_layers));
  const { select, setValues } = useActions();
  const configs = parts.map(({ config }) => config);
  const held = heldBy(
    configs.map((config) => ({ config, layers: cutSpan(layers, config.n_layers)! })),
  );
  const set = (change: Parameters<typeof withLayers>[2]) =>
    setValues(
      (config) => withLayers(config, layers, change),
      parts.map(({ id }) => id),
    );
  return (
    <>
      <Which layers={layers} last={n_layers - 1} />
      {target}
      {parts.length > 0 && (
        <>
          <Segmented
            id="placement"
            value={held.placement}
            always={['pre', 'post']}
            next="none"
            without={placementsWithout(configs)}
            onPick={(picked) => set({ placement: picked as PlacementId })}
          />
          <Pick
            className="ly-norm"
            label="Norm"
            value={held.norm}
            shown={held.norm ? norms[held.norm].label : 'several'}
            options={NORMS}
            onPick={(picked) => set({ norm: picked as NormId })}
          />
          <IconButton
            className="ly-own"
            label="As the lane: no exception for these layers"
            icon={<UndoIcon />}
            disabled={!held.excepted}
            onClick={() => set({ placement: null, norm: null })}
          />
          <Intervene layers={layers} parts={parts} />
        </>
      )}
      <CloseButton className="ly-close" label="Mark no layer" onClick={() => select(null)} />
    </>
  );
}
