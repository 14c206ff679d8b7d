import { useRef, useState } from 'react';
import { useActions } from '../scope';
import { Button } from '../ui/buttons';
import { LinkIcon } from '../ui/icons';
import { Popup } from '../ui/Popup';

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
    <Popup
      label="Link to this page"
      className="hd-share"
      align="end"
      state={{ open: shared !== null, onOpenChange: (open) => void share(open) }}
      trigger={
        <Button className="hd-labelled" aria-label="Share">
          <LinkIcon />
          <span>Share</span>
        </Button>
      }
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
    </Popup>
  );
}
