import { useActions, useScope } from '../scope';
import { Button } from '../ui/buttons';
import { SweepsIcon } from '../ui/icons';
import { later } from '../ui/later';

const Shown = later(() => import('../sweeps/Sweeps').then((code) => code.Sweeps));

/** Opens the sweeps, which a link and a key can do as well. */
export function SweepsButton() {
  const { setView } = useActions();
  return (
    <Button className="hd-labelled" aria-label="Sweeps" onClick={() => setView({ sweep: '' })}>
      <SweepsIcon />
      <span>Sweeps</span>
    </Button>
  );
}

/** The sweeps where they are open. */
export function Sweeps() {
  const query = useScope(({ view }) => view.sweep);
  return query !== null && <Shown query={query} />;
}
