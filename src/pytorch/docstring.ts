import { python } from './code';
import { wrapped } from './python';

const WIDTH = 100;

/** A docstring of these sentences, each on a line of its own, in lines that fit where they are indented by `indent`. */
export function docstring(sentences: readonly (string | undefined)[], indent = 4): string {
  const lines = sentences.flatMap((one) => (one ? wrapped(one, WIDTH - indent) : []));
  const [only] = lines;
  if (lines.length === 1 && only!.length + 6 + indent <= WIDTH) return `"""${only}"""`;
  return python`
    """
    ${lines}
    """
  `;
}
