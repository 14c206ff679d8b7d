import type { ReactNode } from 'react';
import { useConfigs } from '../lanes/useLane';
import { later } from '../ui/later';
import { changesOf } from './changes';
import type { Part } from './edits';
import { LayersPopup } from './LayersPopup';

const StackEnds = later(() => import('./StackEnds').then((code) => code.StackEnds));

interface AnyLayersProps {
  n_layers: number;
  parts: Part[];
  target: ReactNode;
}

/** While no layer is marked: how to mark some, and what else can be done to several. */
export function AnyLayers({ n_layers, parts, target }: AnyLayersProps) {
  const changes = useConfigs().flatMap(changesOf).length;
  return (
    <>
      <LayersPopup name="Layers" count={changes} label="Layers" align="start">
        {target}
        <StackEnds n_layers={n_layers} parts={parts} />
      </LayersPopup>
      <span className="ly-hint">Click a layer to change it alone, or drag across several.</span>
    </>
  );
}
