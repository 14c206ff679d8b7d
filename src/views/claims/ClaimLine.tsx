import { CLAIMS } from '../../claims';
import { pagesOf } from '../../claims/links';
import { useActions } from '../scope';
import { Button, CloseButton } from '../ui/buttons';
import { Terms } from '../ui/Terms';
import { RESULTS } from './results';
import { quantityLabel, SQUARED } from './Thumbnail';
import { Verdict } from './Verdict';
import './claimLine.css';

/** The claim that the page was opened from: a line that names it, leads back to the others, and can be put away. */
export function ClaimLine({ id }: { id: string }) {
  const { setView } = useActions();
  const claim = CLAIMS.find((one) => one.id === id);
  const result = RESULTS[id];
  const { isSquared, quantity } = claim?.picture ?? {};
  const pages = claim ? pagesOf(claim) : [];
  return (
    <section className="gl-line" aria-label="The claim that this page shows">
      {claim ? (
        <>
          <p title={claim.title}>
            <b>
              <Terms>{claim.title}</Terms>
            </b>
          </p>
          <p className="gl-line-source">
            <a href={claim.source.url} target="_blank" rel="noreferrer" title={claim.source.title}>
              {claim.source.authors} {claim.source.year}
            </a>
            , {claim.figure}
          </p>
          {result && <Verdict result={result} />}
          {isSquared && quantity && (
            <p className="gl-line-source">
              Of the curves {quantityLabel(quantity)}, {SQUARED}.
            </p>
          )}
        </>
      ) : (
        <p>This page was opened from a claim, “{id}”, that is not among those of this version.</p>
      )}
      <span className="gl-line-ways">
        {pages.length > 1 &&
          pages.map((page, i) => (
            <a key={page} className="ui-button" href={`#${page}`}>
              Page {i + 1}
            </a>
          ))}
        <Button onClick={() => setView({ claims: 'open' })}>All claims</Button>
        <CloseButton
          className="ui-small"
          label="Put this claim away"
          onClick={() => setView({ claims: null })}
        />
      </span>
    </section>
  );
}
