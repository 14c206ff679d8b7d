import { Dialog } from 'radix-ui';
import { COMMANDS } from '../commands';
import { useActions } from '../scope';
import { Button } from '../ui/buttons';
import { PageDialog } from '../ui/PageDialog';
import { useFocusBack } from '../ui/useFocusBack';
import { HelpText } from './HelpText';

/** The help over the page. */
export function HelpDialog({ onClose }: { onClose(): void }) {
  // Opened by its key, it gives the focus back to where it was and not to the button.
  const focusBack = useFocusBack();
  const { setView } = useActions();
  return (
    <PageDialog
      title="Normscope: an oscilloscope for transformers"
      closing="Close the help"
      onClose={onClose}
      {...focusBack}
    >
      <div className="hd-help-body" tabIndex={0} role="region" aria-label="Help text">
        <p className="hd-help-ways">
          <Dialog.Close asChild>
            <Button onClick={() => setView({ words: '' })}>
              Glossary <kbd>{COMMANDS.words.shown}</kbd>
            </Button>
          </Dialog.Close>
          <span className="hd-soft">
            Every term of the page, explained. Those with dots under them open here.
          </span>
        </p>
        <HelpText />
      </div>
    </PageDialog>
  );
}
