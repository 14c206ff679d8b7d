import { COMMANDS, tipOf } from '../commands';
import { IconButton } from '../ui/buttons';
import { HelpIcon } from '../ui/icons';
import { later } from '../ui/later';

const HelpDialog = later(() => import('./HelpDialog').then((code) => code.HelpDialog));

export function Help({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  return (
    <>
      <IconButton
        {...tipOf(COMMANDS.help)}
        icon={<HelpIcon />}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => onOpenChange(true)}
      />
      {open && <HelpDialog onClose={() => onOpenChange(false)} />}
    </>
  );
}
