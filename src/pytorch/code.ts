/** Something put into a template: text of any number of lines, or nothing. */
type Part = string | number | false | null | undefined | Part[];

const textOf = (part: Part): string => {
  if (Array.isArray(part)) return part.map(textOf).filter(Boolean).join('\n');
  return part === false || part === null || part === undefined ? '' : String(part);
};

const indented = (text: string, by: string): string => text.replace(/\n(?=[^\n])/g, `\n${by}`);

const PLACE = /\0(\d+)\0/;

/**
 * Python from a template: without the indentation that all its lines have. What is put in is indented as its place is;
 * where it is nothing and stands alone on its line, the line goes.
 */
export function python({ raw }: TemplateStringsArray, ...parts: Part[]): string {
  const whole = raw.map((text, i) => (i < parts.length ? `${text}\0${i}\0` : text)).join('');
  const lines = whole.replace(/^\n/, '').trimEnd().split('\n');
  const least = Math.min(
    ...lines.filter((line) => line.trim()).map((line) => /^ */.exec(line)![0].length),
  );
  return lines
    .flatMap((line) => {
      const own = line.slice(least);
      const by = /^ */.exec(own)![0];
      const isAlone = /^\s*\0\d+\0$/.test(line);
      const filled = own.replace(new RegExp(PLACE, 'g'), (_, i: string) =>
        indented(textOf(parts[Number(i)]), by),
      );
      return isAlone && !filled.trim() ? [] : [filled.trimEnd()];
    })
    .join('\n');
}

/** Something that a script may define, by its name. */
export interface Definition {
  name: string;
  code: string;
  /** A constant, in one line. */
  isConstant?: true;
}

export const constant = (name: string, value: number | string, comment = ''): Definition => ({
  name,
  code: `${name} = ${value}${comment && `  # ${comment}`}`,
  isConstant: true,
});

const mentions = (code: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(code);

/** Of these definitions those that the roots come to use, in order. */
export function used(roots: readonly string[], definitions: readonly Definition[]): Definition[] {
  const needed = new Set<Definition>(definitions.filter(({ name }) => roots.includes(name)));
  // A set goes on to what is added while it is gone through.
  for (const { code } of needed) {
    for (const one of definitions) if (mentions(code, one.name)) needed.add(one);
  }
  return definitions.filter((one) => needed.has(one));
}

/** Definitions as they stand below each other: constants in one block. */
export function written(definitions: readonly Definition[]): string {
  const constants = definitions.filter(({ isConstant }) => isConstant).map(({ code }) => code);
  const others = definitions.filter(({ isConstant }) => !isConstant).map(({ code }) => code);
  return `${[constants.join('\n'), ...others].filter(Boolean).join('\n\n\n')}\n`;
}
