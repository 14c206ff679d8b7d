import type { View } from '../../runs/view';
import { useActions, useScope } from '../scope';

const WAYS: [way: View['depth'], label: string, title: string][] = [
  ['layer', 'layer', 'Layers stand over one another by their number'],
  ['fraction', '%', 'Layers stand over one another by their fraction of the depth'],
];

/** Lanes of several depths by the number of a layer, or by its fraction of the depth: named under the axis as it is. */
export function DepthToggle() {
  const { setView } = useActions();
  const depth = useScope(({ view }) => view.depth);
  return (
    <div className="panel-kind panel-depths" role="group" aria-label="Depth axis">
      {WAYS.map(([way, label, title]) => (
        <button
          key={way}
          type="button"
          aria-pressed={way === depth}
          aria-label={way === 'fraction' ? '% of depth' : undefined}
          {...{ title }}
          onClick={() => setView({ depth: way })}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
