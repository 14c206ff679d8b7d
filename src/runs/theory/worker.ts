import { reasonOf } from '../../lib/reason';
import { predictionOf } from './answer';
import type { Answer, Question } from './line';

/** The text that came last. */
let held: string | null = null;

function answer({ id, config, text = held }: Question): Answer {
  held = text;
  try {
    return { id, prediction: predictionOf(config, text) };
  } catch (error) {
    return { id, error: reasonOf(error) };
  }
}

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  postMessage(answer(data));
});
