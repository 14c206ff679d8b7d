import { useScope, useScopeStore } from '../scope';
import { Button } from '../ui/buttons';
import { LabsIcon } from '../ui/icons';
import { later } from '../ui/later';

const Shown = later(() => import('../labs/Labs').then((code) => code.Labs));

/** Opens the labs, which an address and a key can do as well. */
export function LabsButton() {
  const { setState } = useScopeStore();
  return (
    <Button className="hd-labelled" aria-label="Labs" onClick={() => setState({ labs: true })}>
      <LabsIcon />
      <span>Labs</span>
    </Button>
  );
}

/** The labs where they are open. */
export const Labs = () => useScope(({ labs }) => labs) && <Shown />;
