/** The answer, or an error with these words where there is none after so many milliseconds. */
export function within<T>(ms: number, answer: Promise<T>, words: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(words)), ms);
  });
  return Promise.race([answer, limit]).finally(() => clearTimeout(timer));
}
