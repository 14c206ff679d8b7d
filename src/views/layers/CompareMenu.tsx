import { ghostName } from '../../runs/ghostName';
import { MOST_GHOSTS } from '../../runs/ghosts';
import { hasSeveralDepths, lanesOnShow } from '../panels/lanes';
import { useActions, useScope } from '../scope';
import { Button, CloseButton } from '../ui/buttons';
import { Parting } from './Parting';

/** One plot for each lane or one for all, and the ghosts: curves of a moment that stay behind the present ones. */
export function CompareMenu() {
  const { setView, pinGhost, removeGhost } = useActions();
  const arrange = useScope(({ view }) => view.arrange);
  const isOffered = useScope((scope) => hasSeveralDepths(lanesOnShow(scope)));
  const isFraction = useScope(({ view }) => view.depth === 'fraction');
  const ghosts = useScope((scope) => scope.ghosts);
  const lanes = useScope((scope) => scope.lanes);
  return (
    <>
      <label className="panel-check">
        <input
          type="checkbox"
          checked={arrange === 'side_by_side'}
          onChange={({ target }) =>
            setView({ arrange: target.checked ? 'side_by_side' : 'overlay' })
          }
        />
        Lanes side by side
      </label>
      {isOffered && (
        <label className="panel-check">
          <input
            type="checkbox"
            checked={isFraction}
            onChange={({ target }) => setView({ depth: target.checked ? 'fraction' : 'layer' })}
          />
          Layers by fraction of depth
        </label>
      )}
      <Button disabled={ghosts.length >= MOST_GHOSTS} onClick={pinGhost}>
        Pin what is seen
      </Button>
      <p>
        The curves of this moment stay behind the present ones, dashed, at most {MOST_GHOSTS} times.
        They are measurements, so a link does not hold them.
      </p>
      <ul aria-label="Pinned">
        {ghosts.map((ghost) => {
          const name = ghostName(ghost, lanes);
          return (
            <li key={ghost.id}>
              {name}
              <CloseButton label={`Remove ${name}`} onClick={() => removeGhost(ghost.id)} />
            </li>
          );
        })}
      </ul>
      <Parting />
    </>
  );
}
