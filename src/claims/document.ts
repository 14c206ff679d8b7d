import { formatSignificant } from '../lib/significant';
import { VERDICTS, type Claim, type Result, type Spread } from './claim';
import { pagesOf } from './links';
import type { Results } from './results';
import { LARGEST_LOSS, WINDOW } from './training/loss';

/** Where `npm start` serves the page. */
const PAGE = 'http://localhost:4173/';

const HEAD = `# Claims

Findings of papers, each rerun here: what was published beside what was measured, and a verdict that is computed from the
measurement. Written by \`npm run --silent claims -- --write\`; \`npm run --silent claims -- ID\` runs one of them again. A link
opens the page on the lanes and the quantity that the claim is about, where \`npm start\` serves it.

| verdict          | says                                                                   |
| ---------------- | ---------------------------------------------------------------------- |
| reproduced       | the finding within the bounds of the note, in the setting of the claim |
| direction only   | the sign of the finding, not these bounds                              |
| not at this size | neither, in models as small as these; the note says what was tried     |

So “reproduced” speaks of the small models that are run here, not of the depths, sizes and scores that the source
reached; these stand beside it, and the note says which of them are not tried. Numbers are means over the seeds ± the
standard deviation between them.

A frame is measured before the update of its step, so that those of steps 0 to 299 are of 300 steps. A loss after 300
steps is the mean over the last ${WINDOW} of these frames, in nats; one above ${LARGEST_LOSS} counts as ${LARGEST_LOSS}, and so does what is no number. Any
other quantity after 300 steps is that of the last frame, unless the claim says otherwise.`;

const cited = ({ source: { authors, year, title, url }, figure }: Claim): string =>
  `${authors} ${year}, [${title}](${url}), ${figure}`;

const steps = (all: readonly number[]): string =>
  all.at(-1) === 0
    ? 'at initialization'
    : `step${all.length > 1 ? 's' : ''} ${all.length > 4 ? `${all[0]} to ${all.at(-1)} (${all.length} of them)` : all.join(', ')}`;

const number = (value: number) => formatSignificant(value, 4);
const measure = (name: string, { mean, sd }: Spread) =>
  `${name} ${number(mean)} ± ${formatSignificant(sd, 2)}`;

const opened = (claim: Claim): string =>
  pagesOf(claim)
    .map((link, i, { length }) => `[open${length > 1 ? ` ${i + 1}` : ''}](${PAGE}#${link})`)
    .join(' · ');

function section(claim: Claim, result: Result | undefined): string {
  const { id, title, seeds, lanes, published, note } = claim;
  const measures = result
    ? Object.entries(result.measured).map(([name, spread]) => measure(name, spread))
    : [];
  return [
    `## ${title}`,
    [
      `- Claim: \`${id}\`, **${result?.verdict ?? 'not run'}**`,
      `- Source: ${cited(claim)}`,
      `- Setup: ${lanes.join('; ')}; ${seeds} seeds, ${steps(claim.steps)}; ${opened(claim)}`,
      `- Published: ${published}`,
      `- Measured: ${result?.said ?? ''}`,
      ...(measures.length ? [`- Numbers: ${measures.join('; ')}`] : []),
    ].join('\n'),
    note,
  ].join('\n\n');
}

const contents = (claims: readonly Claim[], results: Results): string =>
  Object.values(VERDICTS)
    .flatMap((verdict) => {
      const ids = claims.flatMap(({ id }) => (results[id]?.verdict === verdict ? `\`${id}\`` : []));
      return ids.length ? `- ${verdict} (${ids.length}): ${ids.join(', ')}` : [];
    })
    .join('\n');

/** docs/claims.md: every claim with its stored result, in the form that the formatter leaves as it is. */
export const documentOf = (claims: readonly Claim[], results: Results): string =>
  `${[HEAD, contents(claims, results), ...claims.map((claim) => section(claim, results[claim.id]))].filter(Boolean).join('\n\n')}\n`;
