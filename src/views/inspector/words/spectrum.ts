import type { LaneSpectrum, Spectrum } from '../../../inspect/readings';
import { formatSignificant } from '../../../plot/format';
import { present } from '../present';
import type { InspectedLane } from '../props';
import { inLanes } from './clauses';

const shapeText = (shape: readonly number[]) => shape.join(' × ');

function tellMatrix(of: LaneSpectrum): string {
  const { norm, stableRank, condition, values } = of;
  if (!Number.isFinite(norm)) return 'not finite';
  if (norm === 0) return 'every singular value is 0';
  const ends =
    condition === Infinity
      ? 'the smallest singular value is 0'
      : `condition number ${formatSignificant(condition)}`;
  return `largest singular value ${formatSignificant(norm)}, stable rank ${formatSignificant(stableRank)} of ${values.length}, ${ends}`;
}

/** The singular values in words. */
export function tellMatrices(reading: Spectrum, lanes: readonly InspectedLane[]): string {
  const there = present(reading.lanes, lanes);
  if (!there.length) return 'No lane has a matrix here.';
  const [{ of }] = there as [(typeof there)[number]];
  const isOne = there.every(
    (other) => other.of.matrix === of.matrix && shapeText(other.of.shape) === shapeText(of.shape),
  );
  return inLanes(
    isOne ? `${of.matrix} (${shapeText(of.shape)})` : 'The matrix',
    there.map(({ lane, of }) => [
      lane.name,
      `${isOne ? '' : `${of.matrix} (${shapeText(of.shape)}), `}${tellMatrix(of)}`,
    ]),
  );
}

function tellRanks(ranks: readonly number[]): string {
  const finite = ranks.filter(Number.isFinite);
  if (!finite.length) return 'nothing is finite';
  if (finite.length < ranks.length) return 'not finite at every depth';
  const [first, last] = [ranks[0]!, ranks.at(-1)!];
  const least = ranks.indexOf(Math.min(...ranks));
  const ends = `${formatSignificant(first)} at the embedding, ${formatSignificant(last)} at the end`;
  const isInside = least > 0 && least < ranks.length - 1;
  return isInside
    ? `${ends}, least ${formatSignificant(ranks[least]!)} after layer ${least - 1}`
    : ends;
}

/** Effective ranks of the stream in words. */
export function tellEffective(reading: Spectrum, lanes: readonly InspectedLane[]): string {
  const there = present(reading.lanes, lanes).filter(({ of }) => of.effectiveRank.length > 0);
  if (!there.length) return 'No lane has a stream here.';
  return inLanes(
    'Effective rank of the stream',
    there.map(({ lane, of }) => [lane.name, tellRanks(of.effectiveRank)]),
  );
}

export const tellSpectrum = (reading: Spectrum, lanes: readonly InspectedLane[]): string =>
  present(reading.lanes, lanes).length
    ? `${tellMatrices(reading, lanes)} ${tellEffective(reading, lanes)}`
    : tellMatrices(reading, lanes);
