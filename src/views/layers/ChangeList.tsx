import type { ComponentProps } from 'react';
import { overlap, type LayerRange } from '../../config/ranges';
import { layersLabel } from '../../config/naming';
import { saySpan } from '../../plot/span';
import type { LaneId } from '../../runs/state';
import { useActions, useScope } from '../scope';
import { Button, CloseButton } from '../ui/buttons';
import { ChevronIcon } from '../ui/icons';
import { Popup } from '../ui/Popup';
import { LaneMark, laneLetter, laneStyle } from '../ui/LaneMark';
import { changesOf, without } from './edits';

interface ChangeListProps {
  lanes: LaneId[];
  layers?: LayerRange;
}

interface LayersPopupProps extends Omit<ComponentProps<typeof Popup>, 'trigger'> {
  name: string;
  /** Changes that there are already. */
  count: number;
}

/** A button that tells how much was changed, and what it opens. */
export const LayersPopup = ({ name, count, ...popup }: LayersPopupProps) => (
  <Popup
    className="ly-popover"
    trigger={
      <Button>
        {name}
        {count > 0 && <span className="ly-count">{count}</span>}
        <ChevronIcon />
      </Button>
    }
    {...popup}
  />
);

/** Exceptions and interventions of some lanes, each with a way to its layers and a way to take it back. */
export function ChangeList({ lanes, layers }: ChangeListProps) {
  const all = useScope((s) => s.lanes);
  const { setValues, select } = useActions();
  const rows = all
    .filter(({ id }) => lanes.includes(id))
    .flatMap(({ id, config }) =>
      changesOf(config)
        .filter((one) => !layers || overlap(one.layers, layers))
        .map((one) => ({ ...one, id })),
    );
  if (rows.length === 0) return null;
  return (
    <ul className="ly-changes" aria-label="What is not as the lane says">
      {rows.map(({ id, key, index, layers: range, label, steps }) => (
        <li key={`${id} ${key} ${index}`} style={laneStyle(id)}>
          <LaneMark id={id} size={11} />
          <button
            type="button"
            className="ly-range"
            aria-label={`Select ${saySpan(range)}`}
            onClick={() => select(range)}
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
