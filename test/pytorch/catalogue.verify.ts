import { expect, test } from 'vitest';
import { obstacles } from '../../src/pytorch/script';
import { CASES } from '../parity/cases';
import { compare, toleranceOf } from '../parity/compare';
import { byEngine, byScripts, computedIn, tokensIn } from './support';

const ALL = CASES.filter(({ config }) => obstacles(config).length === 0);

test('step 0 of every case of parity, weights and batches drawn by the script', async () => {
  const records = await byScripts(
    ALL.map(({ config }) => config),
    1,
  );
  for (const [i, one] of ALL.entries()) {
    const engine = await byEngine(one.config, 1);
    expect(tokensIn(records[i]!)).toEqual(tokensIn(engine));
    const apart = compare(computedIn(engine), computedIn(records[i]!), toleranceOf(one));
    expect(
      apart.filter(({ distance }) => !(distance <= 1)),
      one.name,
    ).toEqual([]);
  }
}, 600_000);
