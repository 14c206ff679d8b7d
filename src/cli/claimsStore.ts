import { readFile, writeFile } from 'node:fs/promises';
import { CLAIMS } from '../claims';
import { documentOf } from '../claims/document';
import { judgeAgain } from '../claims/judge';
import { resultsText, type Results } from '../claims/results';

const fromRoot = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const RESULTS = fromRoot('src/claims/results.json');
const DOCUMENT = fromRoot('docs/claims.md');

export const storedDocument = (): Promise<string> => readFile(DOCUMENT, 'utf8');
export const storedResults = async (): Promise<Results> =>
  JSON.parse(await readFile(RESULTS, 'utf8')) as Results;

/** Judges stored results by what their claims say now; those of another run stay as they are. */
const judgedAgain = (results: Results): Results =>
  Object.fromEntries(
    CLAIMS.flatMap((claim) => {
      const stored = results[claim.id];
      return stored ? [[claim.id, judgeAgain(claim, stored) ?? stored]] : [];
    }),
  );

/** Puts results beside those that are stored, all judged by what claims say now, and writes the document of them. */
export async function store(results: Results): Promise<void> {
  const all = judgedAgain({ ...(await storedResults()), ...results });
  await writeFile(RESULTS, resultsText(CLAIMS, all));
  await writeFile(DOCUMENT, documentOf(CLAIMS, all));
}
