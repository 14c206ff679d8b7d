import { laneNames } from '../../config/naming';
import { useDrawnConfigs, useLaneIds } from '../lanes/useLane';
import { BlockFigure } from './BlockFigure';
import './strip.css';

/** Every lane's block, where lanes have no cards that could hold it. */
export function BlockFigures() {
  const ids = useLaneIds();
  const names = laneNames(useDrawnConfigs());
  return (
    <div className="st-figures">
      {ids.map((id, i) => (
        <BlockFigure key={id} id={id} name={names[i]!} compact />
      ))}
    </div>
  );
}
