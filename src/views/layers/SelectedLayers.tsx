import type { ReactNode } from 'react';
import { layersLabel } from '../../config/naming';
import { norms, type NormId } from '../../config/norms';
import type { PlacementId } from '../../config/placements';
import { cutSpan, spanOf, type Span } from '../../plot/span';
import type { LaneId } from '../../runs/state';
import { Segmented } from '../lanes/Segmented';
import { fractionAxis } from '../panels/lanes';
import { useActions, useScope } from '../scope';
import { CloseButton, IconButton } from '../ui/buttons';
import { UndoIcon } from '../ui/icons';
import { laneLetter } from '../ui/LaneMark';
import { NumberBox } from '../ui/NumberBox';
import { optionsOf, Pick } from '../ui/Pick';
import { heldBy, placementsWithout, withLayers, type Part } from './edits';
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

/** “of 24: A 5, B 20–23”: the layers of each lane that a fraction of the depth marks. */
const sayOwn = (parts: readonly Part[], layers: Span, axis: number): string =>
  `of ${axis}: ${parts.map(({ id, config }) => `${laneLetter(id)} ${layersLabel(cutSpan(layers, config.n_layers, axis)!)}`).join(', ')}`;

export function SelectedLayers({ layers, n_layers, lanes, target }: SelectedLayersProps) {
  /** The same number, where lanes stand by fraction of depth: a mark then is of other layers in each. */
  const axis = useScope(fractionAxis);
  // A lane without any of these layers has nothing to show or to change.
  const parts = useParts(lanes).filter(({ config }) => cutSpan(layers, config.n_layers, axis));
  const { select, setValues } = useActions();
  const configs = parts.map(({ config }) => config);
  const held = heldBy(
    configs.map((config) => ({ config, layers: cutSpan(layers, config.n_layers, axis)! })),
  );
  const set = (change: Parameters<typeof withLayers>[2]) =>
    setValues(
      (config) => withLayers(config, layers, change, axis),
      parts.map(({ id }) => id),
    );
  return (
    <>
      <Which layers={layers} last={n_layers - 1} />
      {axis && <span className="ly-soft">{sayOwn(parts, layers, axis)}</span>}
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
          <Intervene {...{ layers, axis, parts }} />
        </>
      )}
      <CloseButton className="ly-close" label="Mark no layer" onClick={() => select(null)} />
    </>
  );
}
