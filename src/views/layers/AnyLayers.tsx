import type { ReactNode } from 'react';
import type { LaneId } from '../../runs/state';
import { useScope } from '../scope';
import { later } from '../ui/later';
import { changesOf } from './changes';
import { LayersPopup } from './LayersPopup';

const StackEnds = later(() => import('./StackEnds').then((code) => code.StackEnds));

interface AnyLayersProps {
  n_layers: number;
  lanes: LaneId[];
  target: ReactNode;
}

/** While no layer is marked: how to mark some, and what else can be done to several. */
export function AnyLayers({ n_layers, lanes, target }: AnyLayersProps) {
  const changes = useScope(({ lanes }) => lanes.flatMap(({ config }) => changesOf(config)).length);
  return (
    <>
      <LayersPopup name="Layers" count={changes} label="Layers" align="start">
        {target}
        <StackEnds n_layers={n_layers} lanes={lanes} />
      </LayersPopup>
      <span className="ly-hint">Click a layer to change it alone, or drag across several.</span>
    </>
  );
}
