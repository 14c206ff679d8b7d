import { encode } from '../config/codec';
import { readColumnName } from '../config/quantity';
import { fingerprint } from '../lib/hash';
import { numberOf, read } from '../protocol/read';
import { VERDICTS, type Claim, type Measures, type Result, type Run, type Spread } from './claim';
import { lanesOf } from './links';
import { deviation, geometricMean, mean } from './numbers';
import { last } from './read';

/** A print of what a claim has run: its lanes, seeds and steps. */
export const printOf = (claim: Claim): string =>
  fingerprint(
    [...lanesOf(claim).map((config) => encode(config)), claim.seeds, claim.steps].join('\n'),
  );

/** Digits that are kept of a number. */
const DIGITS = 6;
const kept = (value: number) => Number(value.toPrecision(DIGITS));

export const spreadOf = (values: readonly number[]): Spread => ({
  mean: kept(mean(values)),
  sd: kept(deviation(values)),
  values: values.map(kept),
});

/** The measures of all seeds, each by its name. Throws for one that is no finite number, or that a seed lacks. */
export function spreadsOf(id: string, seeds: readonly Measures[]): Record<string, Spread> {
  const names = new Set(seeds.flatMap((measures) => Object.keys(measures)));
  return Object.fromEntries(
    [...names].map((name) => {
      const values = seeds.map((measures, seed) => {
        const value = measures[name];
        if (value !== undefined && Number.isFinite(value)) return value;
        throw new Error(`Claim ${id}: “${name}” is ${value} under seed ${seed}.`);
      });
      return [name, spreadOf(values)];
    }),
  );
}

type Picture = Result['picture'];

/** Values of one lane of the thumbnail: by layer at its last moment, or over its steps. */
function curveOf(run: Run, { quantity, along }: Claim['picture']): { x: number; y: number }[] {
  const named = readColumnName(quantity);
  if (!named) throw new Error(`“${quantity}” is no quantity.`);
  if (along === 'layer') return read(last(run).measured, named).layers;
  return run.moments.map(({ step, measured }) => ({
    x: step,
    y: numberOf(measured, named) ?? NaN,
  }));
}

/** Lanes drawn over one axis, as long as the longest; geometric means where the scale is logarithmic. */
function pictureOf(claim: Claim, seeds: readonly Run[][]): Picture {
  const curves = claim.lanes.map((_, lane) =>
    seeds.map((runs) => curveOf(runs[lane]!, claim.picture)),
  );
  const points = curves.flat(2).map(({ x }) => x);
  const x = [...new Set(points)].sort((a, b) => a - b);
  const at = (lane: number, place: number, by: (values: number[]) => number): number | null => {
    const values = curves[lane]!.map((curve) => curve.find((point) => point.x === place)?.y ?? NaN);
    return values.every(Number.isFinite) ? kept(by(values)) : null;
  };
  const isLog = claim.picture.scale === 'log';
  const middle = (values: number[]) =>
    isLog && values.every((value) => value > 0) ? geometricMean(values) : mean(values);
  return {
    x,
    lanes: claim.lanes.map((name, lane) => ({
      name,
      mean: x.map((place) => at(lane, place, middle)),
      low: x.map((place) => at(lane, place, (values) => Math.min(...values))),
      high: x.map((place) => at(lane, place, (values) => Math.max(...values))),
    })),
  };
}

/** The verdict and the sentence of a claim on its measured numbers. */
const verdictOf = (
  claim: Claim,
  measured: Record<string, Spread>,
): Pick<Result, 'verdict' | 'measured' | 'said'> => ({
  verdict: VERDICTS[claim.predicate(measured)],
  measured,
  said: claim.says(measured),
});

/** A claim’s result from the runs of every seed. `seeds`: [seeds][lanes] */
export function judge(claim: Claim, seeds: readonly Run[][]): Result {
  const measured = spreadsOf(
    claim.id,
    seeds.map((runs) => claim.measure(runs)),
  );
  return {
    ...verdictOf(claim, measured),
    seeds: seeds.length,
    picture: pictureOf(claim, seeds),
    print: printOf(claim),
  };
}

/** A stored result by what the claim says now of the same numbers; null where it has run something else. */
export const judgeAgain = (claim: Claim, stored: Result): Result | null =>
  stored.print === printOf(claim) ? { ...stored, ...verdictOf(claim, stored.measured) } : null;
