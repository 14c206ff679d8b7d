import { overlap } from '../../config/ranges';
import { cutSpan, saySpan, type Span } from '../../plot/span';
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
interface InterveneProps {
  layers: Span;
  /** The layers that these count, where they mark a fraction of the depth. */
  axis: number | undefined;
  parts: Part[];
}

export function Intervene({ layers, axis, parts }: InterveneProps) {
  const { setValues } = useActions();
  const ids = parts.map(({ id }) => id);
  const configs = parts.map(({ config }) => config);
  const acts = configs
    .flatMap((config) => {
      const own = cutSpan(layers, config.n_layers, axis);
      return changesOf(config).filter((one) => own && overlap(one.layers, own));
    })
    .filter(({ key }) => key === 'interventions').length;
  const title = `Intervene in ${saySpan(layers)}`;
  return (
    <LayersPopup name="Intervene" count={acts} label={title} align="end">
      <h3>{title}</h3>
      <InterventionForm
        layers={layers}
        configs={configs}
        onAdd={(one) => setValues((config) => withIntervention(config, one, axis), ids)}
      />
      <ChangeList lanes={ids} layers={layers} />
    </LayersPopup>
  );
}
