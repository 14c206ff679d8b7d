import { useScope, useScopeStore } from '../scope';
import { Button } from '../ui/buttons';
import { ClaimsIcon, SweepsIcon } from '../ui/icons';
import { later } from '../ui/later';

/** Opened by a button, a key or a link; what was typed in them is in the view. */
const DIALOGS = [
  {
    key: 'claims',
    label: 'Claims',
    Icon: ClaimsIcon,
    Dialog: later(() => import('../claims/Gallery').then((code) => code.Gallery)),
  },
  {
    key: 'sweep',
    label: 'Sweeps',
    Icon: SweepsIcon,
    Dialog: later(() => import('../sweeps/Sweeps').then((code) => code.Sweeps)),
  },
] as const;

export function Dialogs({ hasButtons }: { hasButtons: boolean }) {
  const { actions } = useScopeStore();
  const view = useScope(({ view }) => view);
  return DIALOGS.map(({ key, label, Icon, Dialog }) => {
    const typed = view[key];
    return [
      hasButtons && (
        <Button
          key={label}
          className="hd-labelled"
          aria-label={label}
          onClick={() => actions.setView({ [key]: '' })}
        >
          <Icon />
          <span>{label}</span>
        </Button>
      ),
      typed !== null && <Dialog key={key} query={typed} />,
    ];
  });
}
