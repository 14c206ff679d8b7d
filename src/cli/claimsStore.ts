import { readFile, writeFile } from 'node:fs/promises';
import { CLAIMS } from '../claims';
import { documentOf } from '../claims/document';
import { resultsText, type Results } from '../claims/results';

const fromRoot = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const RESULTS = fromRoot('src/claims/results.json');
const DOCUMENT = fromRoot('docs/claims.md');

export const storedDocument = (): Promise<string> => readFile(DOCUMENT, 'utf8');
export const storedResults = async (): Promise<Results> =>
  JSON.parse(await readFile(RESULTS, 'utf8')) as Results;

/** Puts results beside those that are stored, and writes the document of all of them. */
export async function store(results: Results): Promise<void> {
  const all = { ...(await storedResults()), ...results };
  await writeFile(RESULTS, resultsText(CLAIMS, all));
  await writeFile(DOCUMENT, documentOf(CLAIMS, all));
}
