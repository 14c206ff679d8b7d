import { COMMANDS, tipOf } from '../commands';
import { useScope, useScopeStore } from '../scope';
import { IconButton } from '../ui/buttons';
import { ClaimsIcon } from '../ui/icons';
import { later } from '../ui/later';

const Gallery = later(() => import('../claims/Gallery').then((code) => code.Gallery));

/** Opens the gallery of claims, which a link can do as well. */
export function Claims() {
  const store = useScopeStore();
  const query = useScope(({ view }) => view.claims);
  return (
    <>
      <IconButton
        {...tipOf(COMMANDS.claims)}
        icon={<ClaimsIcon />}
        onClick={() => store.actions.setView({ claims: '' })}
      />
      {query !== null && <Gallery query={query} />}
    </>
  );
}
