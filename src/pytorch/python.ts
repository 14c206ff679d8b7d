/** A value as Python writes it. */
export function literal(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' ? numeral(value) : JSON.stringify(value);
}

/** 0.001 and 1e-05 as a person types them; a float stays one where that is wanted. */
export function numeral(value: number): string {
  if (value === Infinity) return 'math.inf';
  const exponent = value.toExponential();
  const plain = String(value);
  return value !== 0 && Math.abs(value) < 1e-3 && exponent.length < plain.length ? exponent : plain;
}

/** The same, of a number that may be fractional. */
export const float = (value: number): string => {
  const text = numeral(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
};

/** Every line but empty ones moved to the right. */
export const indented = (code: string, spaces = 4): string =>
  code.replace(/^(?=.)/gm, ' '.repeat(spaces));

/** Words in lines of at most so many characters. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
