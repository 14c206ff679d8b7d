import { useEffect, useRef, useState } from 'react';
import { formatCount } from '../../plot/format';
import { useActions, useScope } from '../scope';

const copy = async (text: string) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};

interface Shared {
  link: string;
  /** The link is to the step on show. */
  withMoment: boolean;
  copied: boolean;
}

/** Copies the link that restores the page, and shows it. */
export function ShareContents() {
  const { link } = useActions();
  const moment = useScope((scope) => scope.moment);
  const [shared, setShared] = useState<Shared | null>(null);
  const field = useRef<HTMLInputElement>(null);

  const share = async (withMoment = false) => {
    const address = link(withMoment);
    setShared({ link: address, withMoment, copied: await copy(address) });
  };
  const first = useRef(share);
  useEffect(() => {
    void first.current();
  }, []);
  const isOfMoment = shared?.withMoment ?? false;
  const isThere = shared !== null;
  useEffect(() => {
    if (isThere) field.current?.select();
  }, [isThere]);
  if (!shared) return null;
  return (
    <>
      <p role="status">
        {shared.copied
          ? `The link is copied. It restores every lane as it ${isOfMoment ? 'was set at this step' : 'is set now'}.`
          : 'This browser does not let the page copy; the link is selected.'}
      </p>
      {moment !== 'live' && (
        <label className="hd-with">
          <input
            type="checkbox"
            checked={isOfMoment}
            onChange={(event) => void share(event.target.checked)}
          />
          {`With step ${formatCount(moment)}: who opens it is offered to train there. What was changed under way before is not in a link.`}
        </label>
      )}
      <input ref={field} readOnly aria-label="Link" value={shared.link} />
    </>
  );
}
