import { strToU8, zipSync, type Zippable } from 'fflate';
import type { SavedFile } from '../../runs/state';

export interface Parts {
  name: string;
  script: string;
  /** safetensors of the engine, which begin the training. */
  weights?: Uint8Array | undefined;
  /** The text that the task reads. */
  text?: string | undefined;
}

/** The files that stand in one folder: the script, and what it reads beside itself. */
export const filesOf = ({ name, weights, text }: Omit<Parts, 'script'>): string[] => [
  `${name}.py`,
  ...(weights ? ['weights.safetensors'] : []),
  ...(text === undefined ? [] : ['text.txt']),
];

/** The script alone as it is; with anything beside it, all of it in one zip. */
export function bundled(parts: Parts): SavedFile {
  const { name, script, weights, text } = parts;
  if (!weights && text === undefined) {
    return { name: `${name}.py`, blob: new Blob([script], { type: 'text/x-python' }) };
  }
  const files: Zippable = {
    [`${name}.py`]: strToU8(script),
    // Weights hardly become smaller.
    ...(weights && { 'weights.safetensors': [weights, { level: 0 }] as const }),
    ...(text !== undefined && { 'text.txt': strToU8(text) }),
  };
  const blob = new Blob([new Uint8Array(zipSync(files))], { type: 'application/zip' });
  return { name: `${name}.zip`, blob };
}
