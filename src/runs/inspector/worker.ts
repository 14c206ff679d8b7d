import { read } from '../../inspect/read';
import { reasonOf } from '../../lib/reason';
import type { Raw } from '../../protocol/raw';
import type { Answer, Question } from './line';

/** The tensors that came last: another view of the same place may be read from them. */
let held: readonly (Raw | null)[] | null = null;

function answer({ id, looking, lanes }: Question): Answer {
  held = lanes ?? held;
  if (!held) return { id, error: 'The tensors are not there any more.' };
  try {
    return { id, reading: read(looking, held) };
  } catch (error) {
    return { id, error: reasonOf(error) };
  }
}

addEventListener('message', ({ data }: MessageEvent<Question>) => {
  postMessage(answer(data));
});
