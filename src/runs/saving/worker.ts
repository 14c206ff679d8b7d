import { reasonOf } from '../../lib/reason';
import type { Answer, Question } from './line';
import { createWriter, type Writer } from './writer';

let writer: Writer | null = null;

function answerTo(question: Question): Blob | null {
  if ('begin' in question) writer = createWriter(question.begin);
  else if ('add' in question) writer!.add(question.add, question.lane);
  else return writer!.finish();
  return null;
}

/** Writes one file, and ends with the page's word. */
addEventListener('message', ({ data }: MessageEvent<Question>) => {
  const answer = (message: Answer) => postMessage(message);
  try {
    answer({ blob: answerTo(data) });
  } catch (error) {
    answer({ error: reasonOf(error) });
  }
});
