/** The largest text that is taken, in bytes. */
export const MAX_TEXT_BYTES = 10e6;
/** The most kinds of characters: each is one entry of the vocabulary. */
export const MAX_TEXT_KINDS = 2048;

type Checked<T> = { value: T } | { problem: string };

/** A size in bytes for people, rounded up: what is over a limit reads so. */
export const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e4) / 100} MB`;

/** Says of a file that is too large to be read that it is. */
export const sizeProblem = (name: string, bytes: number): string | null =>
  bytes > MAX_TEXT_BYTES
    ? `${name} has ${megabytes(bytes)}; a text may have at most ${MAX_TEXT_BYTES / 1e6} MB.`
    : null;

/** The characters of a UTF-8 file, byte order mark left out. */
export function decodeText(name: string, bytes: Uint8Array): Checked<string> {
  try {
    return { value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: `${name} is not a text in UTF-8. Save it as UTF-8 and try again.` };
  }
}

/** A text that a model can learn from, with line ends made alike; or what is wrong with it. */
export function checkText(name: string, content: string): Checked<string> {
  const size = sizeProblem(name, new TextEncoder().encode(content).length);
  if (size) return { problem: size };
  if (content.includes('\0')) {
    return { problem: `${name} holds zero bytes, as no text in UTF-8 does: it is a binary file.` };
  }
  const value = content.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  if (value.trim() === '') return { problem: `${name} is empty: there is nothing to learn from.` };
  const kinds = new Set(value).size;
  if (kinds > MAX_TEXT_KINDS) {
    return {
      problem: `${name} has ${kinds} different characters; at most ${MAX_TEXT_KINDS} fit the vocabulary.`,
    };
  }
  return { value };
}
