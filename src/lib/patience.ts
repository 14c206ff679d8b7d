/** The answer, or an error with these words where there is none after so many milliseconds. */
export function within<T>(ms: number, answer: Promise<T>, words: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(words)), ms);
  });
  return Promise.race([answer, limit]).finally(() => clearTimeout(timer));
}

/** Milliseconds that code of the page may take to come. */
const CODE = 20_000;

/** Code that the first picture does without, or an error that says why it did not come. */
export const fetched = <Code>(load: () => Promise<Code>): Promise<Code> =>
  within(CODE, load(), 'The server gives no answer.');
