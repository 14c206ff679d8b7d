import { useActions, useScope } from '../scope';
import { Button } from '../ui/buttons';
import { SweepsIcon } from '../ui/icons';
import { later } from '../ui/later';

const Shown = later(() => import('../sweeps/Sweeps').then((code) => code.Sweeps));

/** Opens the sweeps, which a link and a key can do as well. */
export function SweepsButton() {
  const { setView } = useActions();
  const share = useScope(({ sweeping }) => sweeping);
  const label = share === null ? 'Sweeps' : `Sweeps, ${Math.floor(100 * share)} % done`;
  return (
    <Button
      className="hd-labelled hd-sweeps"
      aria-label={label}
      title={label}
      onClick={() => setView({ sweep: '' })}
    >
      <SweepsIcon />
      <span>Sweeps</span>
      {share !== null && <progress aria-hidden value={share} />}
    </Button>
  );
}

/** The sweeps where they are open. */
export function Sweeps() {
  const query = useScope(({ view }) => view.sweep);
  return query !== null && <Shown query={query} />;
}
