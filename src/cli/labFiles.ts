import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lab, Mistake } from '../labs/lab';
import { readLab } from '../labs/parse';
import { BadInput, readBytes } from './input';

/** The labs that come with the app. */
export const OWN_LABS = fileURLToPath(new URL('../../public/labs', import.meta.url));

/** A lab’s file, read; its id is its name. */
export async function readLabFile(
  option: string,
  path: string,
): Promise<{ lab: Lab | null; mistakes: Mistake[] }> {
  const bytes = await readBytes(option, path);
  return readLab(new TextDecoder().decode(bytes), basename(path).replace(/\.md$/, ''));
}

/** The labs of a folder, by their ids, as they are asked for. */
export async function labsIn(option: string, folder: string) {
  const names = await readdir(folder).catch((error: Error) => {
    throw new BadInput(`${option} cannot be read: ${error.message}.`);
  });
  const known = new Map<string, Lab | string>();
  /** A lab, or the reason why there is none. */
  return async (id: string): Promise<Lab | string> => {
    const name = `${id}.md`;
    if (!names.includes(name)) return `${folder} has no ${name}.`;
    if (!known.has(id)) {
      const { lab, mistakes } = await readLabFile(option, join(folder, name));
      const [first] = mistakes;
      const wrong = first ? ` Line ${first.line}: ${first.reason}` : '';
      known.set(id, lab && !first ? lab : `${name} has mistakes.${wrong}`);
    }
    return known.get(id)!;
  };
}
