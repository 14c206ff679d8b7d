import { COMPARISONS, type Comparison } from '../../config/comparison';
import { formatSignificant } from '../../plot/format';
import { atSteps, layersOf, NOTHING_YET, sentence, type Told } from './sentences';

/** A ratio within 2 % of 1, and a difference that rounds to 0, are told as none. */
const isSame = (value: number, by: Comparison) =>
  by === 'ratio' ? Math.abs(value - 1) < 0.02 : Math.abs(value) < 5e-4;

/** In decades or as it is: how far a comparison is from none. */
const distance = (value: number, by: Comparison) =>
  Math.abs(by === 'ratio' ? Math.log(value) : value);

/** “Farthest from 1, post-LN over pre-LN: 0.31 at layer 11; no norm over pre-LN: not finite from layer 7.” Of lanes of several depths it is said how they are held against each other. */
export function comparisonSentence(
  all: readonly Told[],
  by: Comparison,
  isByDepth = false,
): string {
  if (!all.length) return NOTHING_YET;
  const { same } = COMPARISONS[by];
  let isNamed = false;
  const said = sentence(
    atSteps(all).map(({ name, points }) => {
      const layers = layersOf(points);
      if (!layers.length) return `${name}: no layer has both`;
      const broken = layers.find(({ y }) => !Number.isFinite(y));
      if (broken) return `${name}: not finite from layer ${broken.x}`;
      const far = layers.reduce((a, b) => (distance(b.y, by) > distance(a.y, by) ? b : a));
      if (isSame(far.y, by)) return `${name}: ${same} at every layer`;
      const lead = isNamed ? '' : `farthest from ${same}, `;
      isNamed = true;
      return `${lead}${name}: ${formatSignificant(far.y, 2)} at layer ${far.x}`;
    }),
  );
  return isByDepth ? `${said} At equal fractions of the depth, between layers interpolated.` : said;
}
