import { Popover } from 'radix-ui';
import { saySpan, type Span } from '../../plot/span';
import { useActions } from '../scope';
import { useFloat } from '../ui/float';
import { ChevronIcon } from '../ui/icons';
import { later } from '../ui/later';
import { ChangeList } from './ChangeList';
import { changesOf } from './changes';
import { overlap, withIntervention } from './edits';
import type { Part } from './part';

const InterventionForm = later(() =>
  import('./InterventionForm').then((code) => code.InterventionForm),
);

/** What is done to some layers while the model runs, and what more could be. */
export function Intervene({ layers, parts }: { layers: Span; parts: Part[] }) {
  const { setValues } = useActions();
  const ids = parts.map(({ id }) => id);
  const configs = parts.map(({ config }) => config);
  const acts = configs
    .flatMap(changesOf)
    .filter((one) => one.key === 'interventions' && overlap(one.layers, layers)).length;
  return (
    <Popover.Root>
      <Popover.Trigger className="ui-button">
        Intervene
        {acts > 0 && <span className="ly-count">{acts}</span>}
        <ChevronIcon />
      </Popover.Trigger>
      <Popover.Portal container={useFloat()}>
        <Popover.Content
          className="ui-popover ly-popover"
          aria-label={`Intervene in ${saySpan(layers)}`}
          sideOffset={6}
          collisionPadding={8}
          align="end"
        >
          <h3>Intervene in {saySpan(layers)}</h3>
          <InterventionForm
            layers={layers}
            configs={configs}
            onAdd={(one) => setValues((config) => withIntervention(config, one), ids)}
          />
          <ChangeList lanes={ids} layers={layers} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
