import { useActions, useScope } from '../scope';
import { Button } from '../ui/buttons';
import { ClaimsIcon } from '../ui/icons';
import { later } from '../ui/later';

const Shown = later(() => import('../claims/Shown').then((code) => code.Shown));

/** Opens the gallery of claims, which a link and a key can do as well. */
export function ClaimsButton() {
  const { setView } = useActions();
  return (
    <Button className="hd-labelled" aria-label="Claims" onClick={() => setView({ claims: 'open' })}>
      <ClaimsIcon />
      <span>Claims</span>
    </Button>
  );
}

/** The gallery where it is open, and the claim that the page was opened from. */
export function Claims() {
  const text = useScope(({ view }) => view.claims);
  return text && <Shown text={text} />;
}
