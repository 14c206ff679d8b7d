import { Dialog } from 'radix-ui';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { CLAIMS } from '../../claims';
import { PHENOMENA, type Phenomenon, type Result } from '../../claims/claim';
import stored from '../../claims/results.json';
import { claimsFor } from '../../claims/search';
import { useActions } from '../scope';
import { CloseButton } from '../ui/buttons';
import { Card } from './Card';
import './gallery.css';

const RESULTS = stored as unknown as Record<string, Result>;
const KINDS = Object.entries(PHENOMENA) as [Phenomenon, string][];
/** A query that has rested for so long is one that the link holds, in ms. */
const SETTLED = 600;

/** Findings of papers with what running them here gave; opened from stored results. */
export function Gallery({ query }: { query: string }) {
  const { setView } = useActions();
  const field = useRef<HTMLInputElement>(null);
  const focusField = (event: Event) => {
    event.preventDefault();
    field.current?.focus();
  };
  const [typed, setTyped] = useState(query);
  const [kind, setKind] = useState<Phenomenon | null>(null);
  const [known, setKnown] = useState(query);
  // The page went back or forward, or the gallery was opened for something else.
  if (query !== known) {
    setKnown(query);
    setTyped(query);
  }
  useEffect(() => {
    if (typed === query) return;
    const rest = setTimeout(() => setView({ claims: typed }), SETTLED);
    return () => clearTimeout(rest);
  }, [typed, query, setView]);
  const wanted = useDeferredValue(typed);
  const found = claimsFor(wanted, kind);
  return (
    <Dialog.Root open onOpenChange={() => setView({ claims: null })}>
      <Dialog.Portal>
        <div className="hd-scrim" />
        <Dialog.Content
          className="hd-help gl"
          aria-describedby="gl-about"
          onOpenAutoFocus={focusField}
        >
          <div className="hd-help-head">
            <Dialog.Title>Claims of papers, run here</Dialog.Title>
            <Dialog.Close asChild>
              <CloseButton label="Close the claims" />
            </Dialog.Close>
          </div>
          <div className="gl-search">
            <input
              ref={field}
              type="search"
              className="gl-field"
              aria-label="Search by paper, norm or phenomenon"
              placeholder="Paper, norm, phenomenon"
              value={typed}
              maxLength={80}
              spellCheck={false}
              onChange={(event) => setTyped(event.target.value)}
            />
            <div className="gl-kinds" role="group" aria-label="Phenomena">
              {KINDS.map(([id, label]) => (
                <button
                  key={id}
                  type="button"
                  className="gl-kind"
                  aria-pressed={kind === id}
                  onClick={() => setKind(kind === id ? null : id)}
                >
                  {label}
                </button>
              ))}
            </div>
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
                No claim has all of these words.{' '}
                <button
                  type="button"
                  className="ui-button"
                  onClick={() => {
                    setTyped('');
                    setKind(null);
                  }}
                >
                  Show all {CLAIMS.length}
                </button>
              </p>
            )}
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
