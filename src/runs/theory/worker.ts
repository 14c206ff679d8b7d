import { reasonOf } from '../../lib/reason';
import { estimate } from './answer';
import type { Answer, Question } from './line';

/** The text that came last. */
let held: string | null = null;

function answer({ id, config, isInHaste, text = held }: Question): Answer {
  held = text;
  try {
    return { id, estimate: estimate(config, text, isInHaste) };
  } catch (error) {
    return { id, error: reasonOf(error) };
  }
}

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  postMessage(answer(data));
});
