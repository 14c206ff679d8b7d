import { later } from '../../ui/later';
import { OpeningSection } from '../OpeningSection';
import { useOpen } from './useOpen';

const Contents = later(() => import('./Contents').then((code) => code.Contents));
const InShort = later(() => import('./Numbers').then((code) => code.InShort));

const ABOUT = {
  title: 'Evaluation',
  note: 'The model as it is used rather than trained: norms over the batch take their running statistics, nothing is dropped, and sequences have the evaluation length. It costs forward passes, so it is done only while this is open: at rest at once, in training now and then.',
};

/** The model as it is used, beside the model as it is trained; evaluated only while this is open. */
export function EvaluationPanel() {
  const [open, setOpen] = useOpen();
  return (
    <OpeningSection
      name="evaluation"
      about={ABOUT}
      open={open}
      onOpenChange={setOpen}
      summary={open ? <InShort /> : <span className="ev-what">the model as it is used</span>}
    >
      <Contents />
    </OpeningSection>
  );
}
