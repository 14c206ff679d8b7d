import { Popover } from 'radix-ui';
import { useRef, useState } from 'react';
import { useFloat } from '../ui/float';
import { useActions } from '../scope';
import { LinkIcon } from '../ui/icons';

const copy = async (text: string) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

/** Copies the link that restores the page, and shows it. */
export function Share() {
  const { link } = useActions();
  const [shared, setShared] = useState<{ link: string; copied: boolean } | null>(null);
  const field = useRef<HTMLInputElement>(null);

  const share = async (open: boolean) => {
    if (!open) return setShared(null);
    const address = link();
    setShared({ link: address, copied: await copy(address) });
  };
  return (
    <Popover.Root open={shared !== null} onOpenChange={(open) => void share(open)}>
      <Popover.Trigger className="ui-button hd-labelled" aria-label="Share">
        <LinkIcon />
        <span>Share</span>
      </Popover.Trigger>
      <Popover.Portal container={useFloat()}>
        <Popover.Content
          className="ui-popover hd-share"
          aria-label="Link to this page"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            field.current?.select();
          }}
        >
          <p role="status">
            {shared?.copied
              ? 'The link is copied. It restores every lane as it is set now.'
              : 'This browser does not let the page copy; the link is selected.'}
          </p>
          <input ref={field} readOnly aria-label="Link" value={shared?.link ?? ''} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
