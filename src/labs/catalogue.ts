import type { Lab } from './lab';

/** A lab as a menu tells of it before its file is fetched. */
export type CatalogueEntry = Pick<Lab, 'id' | 'title' | 'question' | 'minutes' | 'level'>;

/** The stories that ship, of one minute each, in the same folder and form. */
export const STORIES: readonly CatalogueEntry[] = [
  {
    id: 'tour',
    title: 'A tour of the page',
    question: 'What is where, in one minute. Your settings stay as they are.',
    minutes: 1,
    level: 'first course',
  },
  {
    id: 'stuck',
    title: 'Why is post-LN stuck?',
    question: 'Two models have the same parts. One learns, the other counts letters.',
    minutes: 1,
    level: 'first course',
  },
];

/** The labs that ship, in the order in which a course does them; each is `public/labs/ID.md`, whose front matter says the same. */
export const LABS: readonly CatalogueEntry[] = [
  {
    id: 'why-normalize',
    title: 'Why normalize at all',
    question: 'A norm only divides by a number. Why does a model fail without it?',
    minutes: 25,
    level: 'first course',
  },
  {
    id: 'pre-against-post',
    title: 'Pre against post',
    question: 'Why does one of two models with the same parts learn, and the other not?',
    minutes: 30,
    level: 'first course',
  },
  {
    id: 'rmsnorm-and-the-mean',
    title: 'RMSNorm, LayerNorm and the mean',
    question: 'One of two norms leaves a mean that the other removes. Does anybody miss it?',
    minutes: 20,
    level: 'first course',
  },
  {
    id: 'depth-and-theory',
    title: 'Depth, residual scaling and theory',
    question:
      'Twice as many layers, how much more stream? A pencil knows it before the model runs.',
    minutes: 25,
    level: 'second course',
  },
  {
    id: 'warm-up',
    title: 'Warm-up and the learning rate',
    question: 'Twenty steps decide about three hundred. What happens in them?',
    minutes: 25,
    level: 'second course',
  },
  {
    id: 'precision',
    title: 'Precision and ε',
    question: 'fp16 has eight times the digits of bf16. Why is fp16 the one that fails?',
    minutes: 25,
    level: 'second course',
  },
  {
    id: 'attention-entropy',
    title: 'Attention entropy, q/k norm and sinks',
    question:
      'A hundred times the learning rate, and the loss does not explode. What breaks instead?',
    minutes: 30,
    level: 'second course',
  },
  {
    id: 'batchnorm',
    title: 'BatchNorm in a language model',
    question: 'The next symbol is drawn by a fair die. One model predicts it all the same. How?',
    minutes: 25,
    level: 'second course',
  },
  {
    id: 'ablations',
    title: 'The ablations of a language-modelling course',
    question:
      'Take one part out of a modern block. Which part is missed most, and which not at all?',
    minutes: 40,
    level: 'second course',
  },
];
