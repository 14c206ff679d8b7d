import { Dialog } from 'radix-ui';
import { useRef } from 'react';
import { CloseIcon, HelpIcon } from '../ui/icons';
import { IconButton } from '../ui/IconButton';
import { LICENCES, PANELS, PLOT_KEYS } from './helpText';
import { SHORTCUTS } from './shortcuts';

const Keys = ({ rows }: { rows: { shown: string; does: string }[] }) => (
  <dl className="hd-keys">
    {rows.map(({ shown, does }) => (
      <div key={does}>
        <dt>
          <kbd>{shown}</kbd>
        </dt>
        <dd>{does}</dd>
      </div>
    ))}
  </dl>
);

function HelpText() {
  return (
    <>
      <p>
        A real transformer runs in this page, small but whole. Move its normalization, change its
        initialization or train it, and see layer by layer what happens to activations, gradients
        and attention. Nothing leaves this computer.
      </p>
      <h3>Panels</h3>
      <dl className="hd-panels">
        {PANELS.map(([name, meaning]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <h3>Keys</h3>
      <Keys rows={Object.values(SHORTCUTS)} />
      <h3>Keys in a focused plot</h3>
      <Keys rows={PLOT_KEYS} />
      <h3>Licences</h3>
      <p>Normscope is under the MIT licence. It is made with:</p>
      <ul className="hd-licences">
        {LICENCES.map(([name, licence]) => (
          <li key={name}>
            {name} <span className="hd-soft">{licence}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What this is, what is to be seen, and which keys do what. */
export function Help({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const before = useRef<Element | null>(null);
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Trigger asChild>
        <IconButton label="Help" shortcut={SHORTCUTS.help.shown} icon={<HelpIcon />} />
      </Dialog.Trigger>
      <Dialog.Portal>
        {/* A scrim of our own: the library’s writes a style element, which the page’s policy forbids. */}
        <div className="hd-scrim" />
        <Dialog.Content
          className="hd-help"
          aria-describedby={undefined}
          onOpenAutoFocus={() => {
            before.current = document.activeElement;
          }}
          // Opened by its key, it gives the focus back to where it was and not to the button.
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (before.current instanceof HTMLElement) before.current.focus();
          }}
        >
          <div className="hd-help-head">
            <Dialog.Title>Normscope: an oscilloscope for transformers</Dialog.Title>
            <Dialog.Close asChild>
              <button type="button" className="ui-icon-button" aria-label="Close the help">
                <CloseIcon />
              </button>
            </Dialog.Close>
          </div>
          <div className="hd-help-body" tabIndex={0} role="region" aria-label="Help text">
            <HelpText />
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
