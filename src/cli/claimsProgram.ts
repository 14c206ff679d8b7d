import { writeFile } from 'node:fs/promises';
import { CLAIM_SETS, CLAIMS } from '../claims';
import { VERDICTS, type Claim, type Result } from '../claims/claim';
import { judge } from '../claims/judge';
import type { Results } from '../claims/results';
import { openNodeBackend } from '../engine/nodeBackend';
import { percent } from '../lib/percent';
import { unknown } from '../lib/words';
import { createRunner } from './claimsRun';
import { store } from './claimsStore';
import { appText, BadInput, parseCommand, prepareFile } from './input';
import { createStatusLine, type Terminal } from './statusLine';

const SETS = Object.keys(CLAIM_SETS);

const USAGE = `Usage: npm run --silent claims -- [ids] [options]

Runs findings of papers, each in all of its lanes and under all of its seeds, and prints the verdict, and what was
published beside what was measured. Without ids all are run; ${SETS.join(' and ')} name those that need no training
and those that do.

  --list         prints the ids, with what each claims, and runs nothing
  --json FILE    writes the results of these claims as JSON
  --write        brings src/claims/results.json and docs/claims.md up to date with these claims
  --document     brings the verdicts and sentences of these files up to date with all claims by the numbers that are
                 stored, and runs nothing
  --help         this text
`;

const FLAG = { type: 'boolean', default: false } as const;
const OPTIONS = {
  list: FLAG,
  json: { type: 'string' },
  write: FLAG,
  document: FLAG,
  help: FLAG,
} as const;

const isSet = (id: string): id is keyof typeof CLAIM_SETS => Object.hasOwn(CLAIM_SETS, id);

/** The claims that ids and names of sets name, in the order of the list; all of them where nothing is named. */
function claimsNamed(ids: readonly string[]): Claim[] {
  if (!ids.length) return [...CLAIMS];
  const known = CLAIMS.map(({ id }) => id);
  const wrong = ids.find((id) => !isSet(id) && !known.includes(id));
  if (wrong !== undefined) throw new BadInput(`${unknown(wrong, 'claim', [...SETS, ...known])}.`);
  const named = new Set(ids.flatMap((id) => (isSet(id) ? CLAIM_SETS[id].map(({ id }) => id) : id)));
  return CLAIMS.filter(({ id }) => named.has(id));
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

const printed = ({ id, published }: Claim, { verdict, seeds, said }: Result, ms: number): string =>
  [
    `${id}: ${verdict} (${seeds} seeds, ${seconds(ms)})`,
    `  published  ${published}`,
    `  measured   ${said}`,
    '',
  ].join('\n');

function summary(results: Results, ms: number): string {
  const all = Object.values(results);
  const counts = Object.values(VERDICTS).map(
    (verdict) => `${all.filter((result) => result.verdict === verdict).length} ${verdict}`,
  );
  return `${all.length} claim${all.length === 1 ? '' : 's'}: ${counts.join(', ')} (${seconds(ms)})\n`;
}

/** Runs the claims of a command line; throws BadInput for anything wrong with it. */
export async function claims(argv: string[], terminal: Terminal = process.stderr): Promise<void> {
  const { values, positionals } = parseCommand(argv, OPTIONS);
  const { list, json, write, help } = values;
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const chosen = claimsNamed(positionals);
  if (list) {
    process.stdout.write(chosen.map(({ id, title }) => `${id}  ${title}\n`).join(''));
    return;
  }
  if (values.document) {
    if (positionals.length) throw new BadInput('--document takes no ids: it judges all claims.');
    await store({});
    return;
  }
  if (json !== undefined) await prepareFile('--json', json);
  const line = createStatusLine(terminal);
  const text = await appText();
  await openNodeBackend('wasm');
  const began = performance.now();
  const runsOf = createRunner(text);
  const results: Results = {};
  try {
    for (const [i, claim] of chosen.entries()) {
      const start = performance.now();
      const tell = (share: number) => {
        line.show(`claim ${i + 1} of ${chosen.length} · ${claim.id} · ${percent(share)}`);
      };
      tell(0);
      const result = judge(claim, await runsOf(claim, tell));
      results[claim.id] = result;
      line.clear();
      process.stdout.write(printed(claim, result, performance.now() - start));
      // After each one, so that a long run that is ended leaves what it has.
      if (write) await store({ [claim.id]: result });
    }
  } finally {
    line.clear();
  }
  if (json !== undefined) await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(summary(results, performance.now() - began));
}
