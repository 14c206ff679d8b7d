import { Button } from '../ui/buttons';
import { LinkIcon } from '../ui/icons';
import { later } from '../ui/later';
import { Popup } from '../ui/Popup';

const ShareContents = later(() => import('./ShareContents').then((code) => code.ShareContents));

/** Gives the link that restores the page. */
export const Share = () => (
  <Popup
    label="Link to this page"
    className="hd-share"
    align="end"
    trigger={
      <Button className="hd-labelled" aria-label="Share">
        <LinkIcon />
        <span>Share</span>
      </Button>
    }
    // The element that takes the focus comes with the contents.
    onOpenAutoFocus={(event) => event.preventDefault()}
  >
    <ShareContents />
  </Popup>
);
