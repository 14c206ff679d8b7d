import { useState } from 'react';
import { cutSpan, type Span } from '../../plot/span';
import { ALL, LaneTarget } from '../lanes/LaneTarget';
import { useConfigs, useLaneIds } from '../lanes/useLane';
import { AnyLayers } from './AnyLayers';
import { SelectedLayers } from './SelectedLayers';
import type { Part } from './part';
import './layers.css';

interface LayerBarProps {
  n_layers: number;
  selected: Span | null;
}

/** Under the stack: what can be done to the layers that are marked, or which could be. */
export function LayerBar({ n_layers, selected }: LayerBarProps) {
  const ids = useLaneIds();
  const configs = useConfigs();
  const [picked, setPicked] = useState<string>(ALL);
  const target = ids.some((id) => id === picked) ? picked : ALL;
  const parts = ids
    .map((id, i): Part => ({ id, config: configs[i]! }))
    .filter(({ id }) => target === ALL || id === target);
  const lanesToPick = ids.length > 1 && (
    <LaneTarget
      ids={ids}
      target={target}
      onTarget={setPicked}
      label="Lanes whose layers change"
      all="All"
    />
  );
  return (
    <div className="ly-bar" role="group" aria-label="Layers">
      {selected ? (
        <SelectedLayers
          layers={selected}
          n_layers={n_layers}
          // A lane without any of these layers has nothing to show or to change.
          parts={parts.filter(({ config }) => cutSpan(selected, config.n_layers))}
          target={lanesToPick}
        />
      ) : (
        <AnyLayers n_layers={n_layers} parts={parts} target={lanesToPick} />
      )}
    </div>
  );
}
