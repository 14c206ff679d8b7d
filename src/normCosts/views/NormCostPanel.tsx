import { useActions, useScope } from '../../views/scope';
import { later } from '../../views/ui/later';
import { OpeningSection } from '../../views/panels/OpeningSection';

const Contents = later(() => import('./Contents').then((code) => code.Contents));

const ABOUT = {
  title: 'What a norm costs',
  note: 'Times every norm on this device, as training runs it: forward, backward, and with the residual sum before it. It is done when it is asked for; training rests meanwhile.',
};

/** The last line of the page; nothing is timed, and no code is loaded, before it is opened. */
export function NormCostPanel() {
  const { setView } = useActions();
  const open = useScope((scope) => scope.view.costs.open);
  return (
    <OpeningSection
      name="what a norm costs"
      about={ABOUT}
      open={open}
      onOpenChange={(open) => setView({ costs: { open } })}
      summary={<span className="ev-what">time, bytes and the roofline of this device</span>}
    >
      <Contents />
    </OpeningSection>
  );
}
