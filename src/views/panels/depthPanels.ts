import type { Description } from '../../config/describe';
import type { Quantity } from '../../config/quantity';
import type { Enlarged, QuantityPanel } from '../../runs/view';
import type { Told } from './sentences';
import type * as Words from './words';

export interface DepthPanelEntry {
  /** Its name in links; what it offers stands in `OFFERS`. */
  id: QuantityPanel & Enlarged;
  title: string;
  tell(words: typeof Words, told: readonly Told[], about: Description, quantity: Quantity): string;
}

/** The panels against depth, from the top down. */
export const DEPTH_PANELS: DepthPanelEntry[] = [
  {
    id: 'magnitude',
    title: 'activation magnitude',
    tell: (words, told, { log, name, label }) =>
      log ? words.magnitudeSentence(told, name) : words.levelSentence(told, name, label),
  },
  {
    id: 'gradient',
    title: 'gradient',
    tell({ gradientSentence }, told, { noun, label }, { of, place }) {
      const subject = noun ?? label;
      return of === 'param'
        ? gradientSentence(told, place, `${subject} of ${place}`)
        : gradientSentence(told, `gradient at ${place}`, subject);
    },
  },
  {
    id: 'attention',
    title: 'attention',
    tell: ({ levelSentence }, told, { subject, label }) => levelSentence(told, subject, label),
  },
];
