/** FNV-1a over the code points of a text, in 32 bits. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  return hash;
}

/** The last text that was hashed: checkpoints of one run all name the same one, which may be long. */
let last: { text: string; print: string } | null = null;

/** A short name of a text: its length and its hash. Two different texts of one length share it once in 2³². */
export function fingerprint(text: string): string {
  if (last?.text !== text) {
    const hash = (fnv1a(text) >>> 0).toString(16).padStart(8, '0');
    last = { text, print: `${text.length}-${hash}` };
  }
  return last.print;
}
