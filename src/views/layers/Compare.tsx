import { useScope } from '../scope';
import { Button } from '../ui/buttons';
import { ChevronIcon } from '../ui/icons';
import { later } from '../ui/later';
import { Popup } from '../ui/Popup';

const CompareMenu = later(() => import('./CompareMenu').then((code) => code.CompareMenu));

/** The comparison of lanes in all panels against depth: over one another or apart, and with pinned moments. */
export function Compare() {
  const ghosts = useScope((scope) => scope.ghosts.length);
  return (
    <Popup
      label="Compare"
      align="end"
      className="ly-compare"
      trigger={
        <Button className="ly-compare-button">
          {ghosts ? `Compare (${ghosts})` : 'Compare'} <ChevronIcon />
        </Button>
      }
    >
      <CompareMenu />
    </Popup>
  );
}
