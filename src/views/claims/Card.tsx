import { VERDICTS, PHENOMENA, type Claim, type Outcome, type Result } from '../../claims/claim';
import { counted } from '../../lib/words';
import { Thumbnail } from './Thumbnail';

const OUTCOMES = Object.keys(VERDICTS) as Outcome[];
const outcomeOf = ({ verdict }: Result): Outcome =>
  OUTCOMES.find((outcome) => VERDICTS[outcome] === verdict)!;

/** `4 seeds, at initialization`; of a finding in training, the steps that were made, the first being step 0. */
const setupOf = ({ steps }: Claim, { seeds }: Result): string => {
  const last = steps.at(-1)!;
  return `${counted(seeds)} seeds, ${last ? `${counted(last + 1)} steps` : 'at initialization'}`;
};

/** A finding: its run, the paper’s words beside what was measured, the verdict, and the pages that show it. */
export function Card({ claim, result }: { claim: Claim; result: Result | undefined }) {
  const { id, title, source, figure, links, published, note, phenomena } = claim;
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
          <dd>{published}</dd>
        </div>
        {result && (
          <div>
            <dt>Measured</dt>
            <dd>{result.said}</dd>
          </div>
        )}
      </dl>
      <details>
        <summary>How, and what differs</summary>
        <p>{note}</p>
        <p className="gl-soft">{phenomena.map((phenomenon) => PHENOMENA[phenomenon]).join(', ')}</p>
      </details>
      <footer>
        {result && (
          <p className="gl-verdict" data-outcome={outcomeOf(result)}>
            {result.verdict}
            <span className="gl-soft">{setupOf(claim, result)}</span>
          </p>
        )}
        <span className="gl-open">
          {links.map((link, i) => (
            <a key={link} className="ui-button" href={`#${link}`} aria-describedby={`claim-${id}`}>
              {links.length > 1 ? `Open ${i + 1}` : 'Open'}
            </a>
          ))}
        </span>
      </footer>
    </article>
  );
}
