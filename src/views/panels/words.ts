/** The sentences that say what panels show; they come after the first picture. */
export { comparisonSentence } from './comparisonSentence';
export { countSentence, rangeSentence } from './countSentence';
export { lossSentence } from './lossSentence';
export { gradientSentence, levelSentence, magnitudeSentence } from './sentences';
