import type { Span } from '../../plot/span';
import { useLaneTarget } from '../lanes/useLaneTarget';
import { COMMANDS, toggleInspector } from '../commands';
import { useScope, useScopeStore } from '../scope';
import { Button } from '../ui/buttons';
import { later } from '../ui/later';
import { AnyLayers } from './AnyLayers';
import { Compare } from './Compare';
import './layers.css';

const SelectedLayers = later(() => import('./SelectedLayers').then((code) => code.SelectedLayers));

interface LayerBarProps {
  n_layers: number;
  selected: Span | null;
}

/** Opens the inspector, and closes it. */
function Inspect() {
  const store = useScopeStore();
  const isOpen = useScope(({ view }) => view.inspect !== null);
  return (
    <Button
      className="ly-inspect"
      title={`${COMMANDS.inspect.title} (${COMMANDS.inspect.shown})`}
      aria-pressed={isOpen}
      onClick={() => toggleInspector(store)}
    >
      Inspect
    </Button>
  );
}

/** Under the stack: what can be done to the layers that are marked, or which could be. */
export function LayerBar({ n_layers, selected }: LayerBarProps) {
  const { lanes, pick } = useLaneTarget('Lanes whose layers change', 'All');
  return (
    <div className="ly-bar" role="group" aria-label="Layers">
      {selected ? (
        <SelectedLayers layers={selected} n_layers={n_layers} lanes={lanes} target={pick} />
      ) : (
        <AnyLayers n_layers={n_layers} lanes={lanes} target={pick} />
      )}
      <Inspect />
      <Compare />
    </div>
  );
}
