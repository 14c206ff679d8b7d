import { beforeAll, describe, expect, test } from 'vitest';
import type { Claim, Spread } from '../../src/claims/claim';
import { judge } from '../../src/claims/judge';
import { createRunner } from '../../src/cli/claimsRun';
import { storedResults } from '../../src/cli/claimsStore';
import { appText } from '../../src/cli/input';
import { openNodeBackend } from '../../src/engine/nodeBackend';

const MINUTES = 60_000;

/** Runs claims once more: verdicts are the stored ones, and means are within `tolerance` of theirs. */
export function rerun(claims: readonly Claim[], tolerance: (stored: Spread) => number): void {
  let runsOf: ReturnType<typeof createRunner>;

  beforeAll(async () => {
    await openNodeBackend('wasm');
    runsOf = createRunner(await appText());
  });

  describe.each(claims.map((claim) => [claim.id, claim] as const))('%s', (id, claim) => {
    test(
      'comes to its stored verdict with its stored numbers',
      async () => {
        const stored = (await storedResults())[id]!;
        const { verdict, measured } = judge(claim, await runsOf(claim));
        expect(verdict).toBe(stored.verdict);
        expect(Object.keys(measured)).toEqual(Object.keys(stored.measured));
        for (const [name, spread] of Object.entries(stored.measured)) {
          const off = Math.abs(measured[name]!.mean - spread.mean);
          expect(
            off,
            `${name}: ${measured[name]!.mean}, stored ${spread.mean}`,
          ).toBeLessThanOrEqual(tolerance(spread));
        }
      },
      20 * MINUTES,
    );
  });
}
