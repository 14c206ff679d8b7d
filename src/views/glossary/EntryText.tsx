import { memo } from 'react';
import { partsOf, type Entry } from '../../config/glossary';
import { RaisedText } from '../../plot/Raised';
import { Formula } from '../Formula';
import { entryElementId } from './elements';

interface EntryProps {
  entry: Entry;
  /** It is the one that was asked for. */
  isCurrent: boolean;
  onTerm(id: string): void;
}

/** An entry of the glossary: its names, definition, equation and source. Terms in it lead to their own entries. */
export const EntryText = memo(function EntryText({ entry, isCurrent, onTerm }: EntryProps) {
  const { id, title, code, of, also, note, formula, source } = entry;
  return (
    <article
      className="gs-entry"
      id={entryElementId(id)}
      aria-label={title}
      aria-current={isCurrent || undefined}
      tabIndex={-1}
    >
      <h4>
        {title}
        {code !== undefined && code !== title && <code>{code}</code>}
        {of !== undefined && <span className="gs-soft">{of}</span>}
        {also.length > 0 && <span className="gs-soft">also: {also.join(', ')}</span>}
      </h4>
      <p>
        {partsOf(note, [title]).map(({ text, entry }, i) =>
          entry ? (
            <button key={i} type="button" className="ui-term" onClick={() => onTerm(entry.id)}>
              {text}
            </button>
          ) : (
            <RaisedText key={i} text={text} />
          ),
        )}
      </p>
      {formula !== undefined && (
        <div className="gs-formula">
          <Formula tex={formula} />
        </div>
      )}
      {source !== undefined && <p className="gs-soft">{source}</p>}
    </article>
  );
});
