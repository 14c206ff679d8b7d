import { useRef, useState, type ReactNode } from 'react';
import type { Entry } from '../../config/glossary';
import { TermAbout } from './TermAbout';
import './term.css';

/** A term as it stands in a sentence: a button that opens its explanation there. */
export function Term({ entry, children }: { entry: Entry; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        className="ui-term"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {/* Pages have hundreds of terms: a popover is made of the one that is open. */}
      {open && <TermAbout entry={entry} anchor={button} onClose={() => setOpen(false)} />}
    </>
  );
}
