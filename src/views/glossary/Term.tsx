import { useRef, useState, type ReactNode } from 'react';
import type { Entry } from '../../config/glossary';
import { useActions } from '../scope';
import { Button } from '../ui/buttons';
import { Explain } from '../ui/Explain';
import { Popup } from '../ui/Popup';
import './term.css';

/** A term as it stands in a sentence: a button that opens its explanation there, with a way to the glossary. */
export function Term({ entry, children }: { entry: Entry; children: ReactNode }) {
  const { setView } = useActions();
  const [open, onOpenChange] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const { id, title, code, note, formula, source } = entry;
  const openGlossary = () => {
    // The glossary gives the focus back to where it was: not in what closes now.
    button.current?.focus();
    onOpenChange(false);
    setView({ words: id });
  };
  return (
    <Popup
      label={title}
      className="ui-term-about"
      state={{ open, onOpenChange }}
      trigger={
        <button ref={button} type="button" className="ui-term">
          {children}
        </button>
      }
    >
      <Explain
        {...{ title, note }}
        {...(code !== undefined && code !== title && { code })}
        {...(formula !== undefined && { formula })}
        {...(source !== undefined && { source })}
      />
      <Button onClick={openGlossary}>In the glossary</Button>
    </Popup>
  );
}
