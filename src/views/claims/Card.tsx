import { PHENOMENA, type Claim, type Result } from '../../claims/claim';
import { pagesOf } from '../../claims/links';
import { counted } from '../../lib/words';
import { Terms } from '../ui/Terms';
import { Thumbnail } from './Thumbnail';
import { Verdict } from './Verdict';

/** Words that every card has, and those that papers use in another sense than the page. */
const KNOWN = ['claim', 'seed', 'band', 'floor'];

/** `4 seeds, at initialization`; of a finding in training, the steps that were made, the first being step 0. */
const setupOf = ({ steps }: Claim, { seeds }: Result): string => {
  const last = steps.at(-1)!;
  return `${counted(seeds)} seeds, ${last ? `${counted(last + 1)} steps` : 'at initialization'}`;
};

/** A finding: its run, the paper’s words beside what was measured, the verdict, and the pages that show it. */
export function Card({ claim, result }: { claim: Claim; result: Result | undefined }) {
  const { id, title, source, figure, published, note, phenomena } = claim;
  return (
    <article className="gl-card" aria-labelledby={`claim-${id}`}>
      <header>
        <h3 id={`claim-${id}`}>{title}</h3>
        <p className="gl-source">
          <a href={source.url} target="_blank" rel="noreferrer" title={source.title}>
            {source.authors} {source.year}
          </a>
          , {figure}
        </p>
      </header>
      {result ? (
        <Thumbnail claim={claim} picture={result.picture} />
      ) : (
        <p className="gl-none">It has not been run.</p>
      )}
      <dl>
        <div>
          <dt>Published</dt>
          <dd>
            <Terms known={KNOWN}>{published}</Terms>
          </dd>
        </div>
        {result && (
          <div>
            <dt>Measured</dt>
            <dd>
              <Terms known={KNOWN}>{result.said}</Terms>
            </dd>
          </div>
        )}
      </dl>
      <details>
        <summary>How, and what differs</summary>
        <p>
          <Terms known={KNOWN}>{note}</Terms>
        </p>
        <p className="gl-soft">{phenomena.map((phenomenon) => PHENOMENA[phenomenon]).join(', ')}</p>
      </details>
      <footer>
        {result && (
          <Verdict result={result}>
            <span className="gl-soft">{setupOf(claim, result)}</span>
          </Verdict>
        )}
        <span className="gl-open">
          {pagesOf(claim).map((page, i, { length }) => (
            <a key={page} className="ui-button" href={`#${page}`} aria-describedby={`claim-${id}`}>
              {length > 1 ? `Open ${i + 1}` : 'Open'}
            </a>
          ))}
        </span>
      </footer>
    </article>
  );
}
