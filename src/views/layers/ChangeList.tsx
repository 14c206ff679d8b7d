import { overlap, type LayerRange } from '../../config/ranges';
import { layersLabel } from '../../config/naming';
import { cutSpan, saySpan } from '../../plot/span';
import type { LaneId } from '../../runs/state';
import { fractionAxis } from '../panels/lanes';
import { useActions, useScope } from '../scope';
import { CloseButton } from '../ui/buttons';
import { LaneMark, laneLetter, laneStyle } from '../ui/LaneMark';
import { changesOf } from './changes';
import { without } from './edits';

interface ChangeListProps {
  lanes: LaneId[];
  layers?: LayerRange;
}

/** Exceptions and interventions of some lanes, each with a way to its layers and a way to take it back. */
export function ChangeList({ lanes, layers }: ChangeListProps) {
  const all = useScope((s) => s.lanes);
  const axis = useScope(fractionAxis);
  const { setValues, select } = useActions();
  const rows = all
    .filter(({ id }) => lanes.includes(id))
    .flatMap(({ id, config }) =>
      changesOf(config)
        .filter((one) => {
          const own = layers && cutSpan(layers, config.n_layers, axis);
          return !layers || (own && overlap(one.layers, own));
        })
        .map((one) => ({ ...one, id, n_layers: config.n_layers })),
    );
  if (rows.length === 0) return null;
  return (
    <ul className="ly-changes" aria-label="What is not as the lane says">
      {rows.map(({ id, key, index, layers: range, label, steps, n_layers }) => (
        <li key={`${id} ${key} ${index}`} style={laneStyle(id)}>
          <LaneMark id={id} size={11} />
          <button
            type="button"
            className="ly-range"
            aria-label={`Select ${saySpan(range)}`}
            onClick={() => select(axis ? cutSpan(range, axis, n_layers) : range)}
          >
            {layersLabel(range)}
          </button>
          <span className="ly-change">
            {label}
            {steps && <span className="ly-soft"> {steps}</span>}
          </span>
          <CloseButton
            className="ui-small"
            label={`Remove ${label} of ${saySpan(range)} in lane ${laneLetter(id)}`}
            onClick={() => setValues((config) => without(config, key, index), [id])}
          />
        </li>
      ))}
    </ul>
  );
}
