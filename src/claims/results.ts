import type { Claim, Result } from './claim';

/** Results by the ids of their claims, as `results.json` holds them. */
export type Results = Record<string, Result>;

/** The text of `results.json`: a line for each claim that there is, in the order of the list. */
export function resultsText(claims: readonly Claim[], results: Results): string {
  const lines = claims.flatMap(({ id }) =>
    Object.hasOwn(results, id) ? `${JSON.stringify(id)}: ${JSON.stringify(results[id])}` : [],
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}
