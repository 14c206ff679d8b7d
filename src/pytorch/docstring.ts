import { python } from './code';

const WIDTH = 100;

/** Words in lines of at most `width` characters. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

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
