/** The sentences that say what panels show, and the meaning of what is measured; they come after the first picture. */
export { noteOn, STATISTIC_NOTES } from '../../config/statisticNotes';
export { comparisonSentence } from './comparisonSentence';
export { countSentence, rangeSentence } from './countSentence';
export { lossSentence } from './lossSentence';
export { gradientSentence, levelSentence, magnitudeSentence } from './sentences';
