import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { ENTRIES, entryOf, KINDS, NAMES } from '../../config/glossary';
import { nearest, shortened } from '../../lib/words';
import { useActions } from '../scope';
import { Button } from '../ui/buttons';
import { PageDialog } from '../ui/PageDialog';
import { useFocusBack } from '../ui/useFocusBack';
import { entryElementId, groupElementId } from './elements';
import { EntryText } from './EntryText';
import { found } from './search';
import '../ui/search.css';
import './glossary.css';
import './term.css';

/** Brings an element of the glossary to its top, and the focus to it. */
function show(id: string) {
  const element = document.getElementById(id);
  element?.scrollIntoView({ block: 'start' });
  element?.focus({ preventScroll: true });
}

/**
 * Every term of the page with its definition, equation and source.
 *
 * @param at the id of an entry to be shown; empty for the beginning
 */
export function Glossary({ at }: { at: string }) {
  const { setView } = useActions();
  const field = useRef<HTMLInputElement>(null);
  const focusBack = useFocusBack();
  const [typed, setTyped] = useState('');
  const query = useDeferredValue(typed);
  const [known, setKnown] = useState(at);
  // Another entry is asked for: all are there again.
  if (at !== known) {
    setKnown(at);
    setTyped('');
  }
  const isThere = entryOf(at) !== undefined;
  const isWhole = query === '';
  useEffect(() => {
    if (isThere && isWhole) show(entryElementId(at));
  }, [at, isThere, isWhole]);
  const [goTo] = useState(() => (id: string) => setView({ words: id }));
  const groups = found(query);
  const count = groups.reduce((sum, { entries }) => sum + entries.length, 0);
  const meant = count ? null : nearest(query, NAMES);
  return (
    <PageDialog
      title="Glossary"
      closing="Close the glossary"
      className="gs"
      onClose={() => setView({ words: null })}
      onOpenAutoFocus={(event) => {
        focusBack.onOpenAutoFocus();
        event.preventDefault();
        if (isThere) show(entryElementId(at));
        else field.current?.focus();
      }}
      onCloseAutoFocus={focusBack.onCloseAutoFocus}
    >
      <div className="ui-search gs-search">
        <input
          ref={field}
          type="search"
          className="ui-search-field gs-field"
          aria-label="Search the glossary"
          placeholder="Term, setting, symbol, …"
          value={typed}
          maxLength={80}
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
        <nav className="ui-chips gs-groups" aria-label="Groups">
          {groups.map(({ kind, entries }) => (
            <button key={kind} type="button" onClick={() => show(groupElementId(kind))}>
              {KINDS[kind]} <span className="gs-soft">{entries.length}</span>
            </button>
          ))}
        </nav>
        <span className="gs-soft gs-count" role="status">
          {isWhole ? `${count} terms` : `${count} of ${ENTRIES.length} terms`}
        </span>
      </div>
      <div className="hd-help-body gs-body" tabIndex={0} role="region" aria-label="Terms">
        {at !== '' && !isThere && (
          <p className="gs-missing">“{shortened(at)}” is no term of this version.</p>
        )}
        {count === 0 && (
          <p>
            No term has “{shortened(query)}” in it.{' '}
            {meant !== null && <Button onClick={() => setTyped(meant)}>{meant}</Button>}
          </p>
        )}
        {groups.map(({ kind, entries }) => (
          <section key={kind} aria-labelledby={groupElementId(kind)}>
            <h3 id={groupElementId(kind)} tabIndex={-1}>
              {KINDS[kind]}
            </h3>
            {entries.map((entry) => (
              <EntryText key={entry.id} entry={entry} isCurrent={entry.id === at} onTerm={goTo} />
            ))}
          </section>
        ))}
      </div>
    </PageDialog>
  );
}
