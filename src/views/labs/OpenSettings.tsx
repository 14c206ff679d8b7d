import { field } from '../../config/fields';
import type { Opened } from '../../runs/view';
import { TOGGLES } from '../lanes/LaneToggles';
import { useScope } from '../scope';

/** The place of a setting on the page, after its name. */
function placed(what: Opened): string {
  if (what === 'lanes') return 'the number of lanes';
  const { label, group } = field(what);
  return `${label} (${what in TOGGLES ? 'on each lane' : `in ${group}`})`;
}

/** The settings that the page of a step leaves open, and where they stand; nothing where it locks none, or all. */
export function OpenSettings() {
  const open = useScope(({ view }) => view.open);
  if (!open?.length) return null;
  return <p className="lb-soft">You can change: {open.map(placed).join(', ')}.</p>;
}
