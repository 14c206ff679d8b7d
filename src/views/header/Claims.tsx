import { useScope, useScopeStore } from '../scope';
import { Button } from '../ui/buttons';
import { ClaimsIcon } from '../ui/icons';
import { later } from '../ui/later';

const Gallery = later(() => import('../claims/Gallery').then((code) => code.Gallery));

/** Opens the gallery of claims, which a link and a key can do as well. */
export function Claims({ hasButton }: { hasButton: boolean }) {
  const { actions } = useScopeStore();
  const query = useScope(({ view }) => view.claims);
  return (
    <>
      {hasButton && (
        <Button
          className="hd-labelled"
          aria-label="Claims"
          onClick={() => actions.setView({ claims: '' })}
        >
          <ClaimsIcon />
          <span>Claims</span>
        </Button>
      )}
      {query !== null && <Gallery query={query} />}
    </>
  );
}
