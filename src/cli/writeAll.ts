import { rename, rm, writeFile } from 'node:fs/promises';
import { BadInput } from './input';

export type Output = readonly [
  option: string,
  path: string,
  content: string | Uint8Array | Iterable<string | Uint8Array>,
];

/** Writes all of the files or none: each under another name first. */
export async function writeAll(files: readonly Output[]): Promise<void> {
  const part = (path: string) => `${path}.part`;
  let writing = '';
  try {
    for (const [option, path, content] of files) {
      writing = option;
      await writeFile(part(path), content);
    }
    for (const [option, path] of files) {
      writing = option;
      await rename(part(path), path);
    }
  } catch (error) {
    for (const [, path] of files) await rm(part(path), { force: true });
    throw new BadInput(`${writing} cannot be written to: ${(error as Error).message}.`);
  }
}
