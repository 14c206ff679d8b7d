import { useDeferredValue, useEffect, useEffectEvent, useRef, useState } from 'react';
import { CLAIMS } from '../../claims';
import { PHENOMENA, VERDICTS } from '../../claims/claim';
import { claimsFor, queryText, type Query } from '../../claims/search';
import { useActions } from '../scope';
import { PageDialog } from '../ui/PageDialog';
import { Card } from './Card';
import { RESULTS } from './results';
import '../ui/search.css';
import './gallery.css';

/** A query that has rested for so long is one that the link holds, in ms. */
const SETTLED = 600;

interface ChipsProps<Id extends string> {
  label: string;
  choices: Record<Id, string>;
  chosen: Id | undefined;
  onChoose(id: Id | undefined): void;
}

/** Choices of which one may be made, or none. */
const Chips = <Id extends string>({ label, choices, chosen, onChoose }: ChipsProps<Id>) => (
  <div className="ui-chips" role="group" aria-label={label}>
    {(Object.entries(choices) as [Id, string][]).map(([id, name]) => (
      <button
        key={id}
        type="button"
        className="gl-kind"
        aria-pressed={chosen === id}
        onClick={() => onChoose(chosen === id ? undefined : id)}
      >
        {name}
      </button>
    ))}
  </div>
);

/** Findings of papers with what running them here gave; opened from stored results. */
export function Gallery({ query }: { query: Query }) {
  const { setView } = useActions();
  const field = useRef<HTMLInputElement>(null);
  const focusField = (event: Event) => {
    event.preventDefault();
    field.current?.focus();
  };
  const { words } = query;
  const [typed, setTyped] = useState(words);
  const [known, setKnown] = useState(words);
  // The page went back or forward, or the gallery was opened for something else.
  if (words !== known) {
    setKnown(words);
    setTyped(words);
  }
  const ask = (change: Partial<Query>) =>
    setView({ claims: queryText({ ...query, words: typed, ...change }) });
  const settled = useEffectEvent(() => ask({}));
  useEffect(() => {
    if (typed === words) return;
    const rest = setTimeout(settled, SETTLED);
    return () => clearTimeout(rest);
  }, [typed, words]);
  const wanted = useDeferredValue(typed);
  const found = claimsFor({ ...query, words: wanted }, RESULTS);
  return (
    <PageDialog
      title="Claims of papers, run here"
      closing="Close the claims"
      className="gl"
      aria-describedby="gl-about"
      onClose={() => setView({ claims: null })}
      onOpenAutoFocus={focusField}
    >
      <div className="ui-search gl-search">
        <input
          ref={field}
          type="search"
          className="ui-search-field gl-field"
          aria-label="Search by paper, norm, phenomenon or verdict"
          placeholder="Paper, norm, verdict, …"
          value={typed}
          maxLength={80}
          spellCheck={false}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Chips
          label="Phenomena"
          choices={PHENOMENA}
          chosen={query.phenomenon}
          onChoose={(phenomenon) => ask({ phenomenon })}
        />
        <Chips
          label="Verdicts"
          choices={VERDICTS}
          chosen={query.outcome}
          onChoose={(outcome) => ask({ outcome })}
        />
      </div>
      <div className="hd-help-body gl-body" tabIndex={0} role="region" aria-label="Claims">
        <p className="gl-count" role="status">
          {found.length === CLAIMS.length ? 'All' : `${found.length} of`} {CLAIMS.length} claims
        </p>
        <p id="gl-about" className="gl-soft gl-about">
          Each was run here under several seeds, and its verdict computed from the numbers.{' '}
          <b>Open</b> sets lanes, panels and theory so that the page shows the quantity that the
          claim is about; what stands now is kept, and the browser’s back leads to it.
        </p>
        {found.length > 0 ? (
          <div className="gl-cards">
            {found.map((claim) => (
              <Card key={claim.id} claim={claim} result={RESULTS[claim.id]} />
            ))}
          </div>
        ) : (
          <p className="gl-empty">
            No claim is all of this.{' '}
            <button
              type="button"
              className="ui-button"
              onClick={() => {
                setTyped('');
                setView({ claims: 'open' });
              }}
            >
              Show all {CLAIMS.length}
            </button>
          </p>
        )}
      </div>
    </PageDialog>
  );
}
