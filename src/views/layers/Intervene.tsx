import { overlap } from '../../config/ranges';
import { saySpan, type Span } from '../../plot/span';
import { useActions } from '../scope';
import { later } from '../ui/later';
import { ChangeList } from './ChangeList';
import { changesOf } from './changes';
import { withIntervention, type Part } from './edits';
import { LayersPopup } from './LayersPopup';

const InterventionForm = later(() =>
  import('./InterventionForm').then((code) => code.InterventionForm),
);

/** Interventions on some layers while the model runs, and the form for more. */
export function Intervene({ layers, parts }: { layers: Span; parts: Part[] }) {
  const { setValues } = useActions();
  const ids = parts.map(({ id }) => id);
  const configs = parts.map(({ config }) => config);
  const acts = configs
    .flatMap(changesOf)
    .filter((one) => one.key === 'interventions' && overlap(one.layers, layers)).length;
  const title = `Intervene in ${saySpan(layers)}`;
  return (
    <LayersPopup name="Intervene" count={acts} label={title} align="end">
      <h3>{title}</h3>
      <InterventionForm
        layers={layers}
        configs={configs}
        onAdd={(one) => setValues((config) => withIntervention(config, one), ids)}
      />
      <ChangeList lanes={ids} layers={layers} />
    </LayersPopup>
  );
}
