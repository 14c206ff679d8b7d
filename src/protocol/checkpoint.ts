import { complete, toTell } from '../config/check';
import type { Config } from '../config/fields';
import { readMetadata, SafetensorsError } from '../lib/safetensors';
import { shortened } from '../lib/words';

/*
 * A checkpoint is a safetensors file of all that the next steps of a session depend on. Its weights have the names of
 * a weights file, so that it is one as well; everything else stands in a folder: `m/NAME`.
 */

const VERSION = 1;
const KEY = 'normscope_checkpoint';
/** Bytes in which it is looked for: all metadata of ours, several times over. */
const LOOKED_AT = 2 ** 16;

/** A file that no session can go on from; the message says why, in one sentence. */
export class CheckpointError extends Error {
  override name = 'CheckpointError';
}

/** The description of a checkpoint, beside its tensors. */
export interface CheckpointHead {
  config: Config;
  /** The step that comes next. */
  step: number;
  /** The step at which the optimizer’s moments began. */
  momentsFrom: number;
  /** The fingerprint of the text that it learned from; null where the task reads none. */
  text: string | null;
}

/** Tests of the beginning of a safetensors file, as far as its metadata reach. */
export const beginsAsCheckpoint = (bytes: Uint8Array): boolean =>
  new TextDecoder().decode(bytes.subarray(0, LOOKED_AT)).includes(`"${KEY}"`);
export const isCheckpoint = (metadata: Record<string, string>): boolean => KEY in metadata;
/** Tests of a tensor that a checkpoint has and a weights file has not. */
export const isInFolder = (name: string): boolean => name.includes('/');

/** The metadata of a checkpoint; it begins with what tells it from a weights file. */
export const checkpointMetadata = ({
  config,
  ...rest
}: CheckpointHead): Record<string, string> => ({
  [KEY]: JSON.stringify({ version: VERSION, ...rest }),
  normscope_config: JSON.stringify(config),
});

function parsed(json: string | undefined): Record<string, unknown> {
  try {
    return Object(JSON.parse(json ?? '')) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

function metadataIn(bytes: Uint8Array): Record<string, string> {
  try {
    return readMetadata(bytes);
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    throw new CheckpointError(`This is no checkpoint. ${error.message}`);
  }
}

/**
 * The head of a checkpoint; its first bytes suffice, as far as they hold the header.
 *
 * @throws CheckpointError where the file is none, or of a form or with settings that are not known here
 */
export function readCheckpointHead(bytes: Uint8Array): CheckpointHead {
  const metadata = metadataIn(bytes);
  if (!isCheckpoint(metadata)) {
    throw new CheckpointError('This is a safetensors file, but no checkpoint of Normscope.');
  }
  const { version, step, momentsFrom, text } = parsed(metadata[KEY]);
  if (version !== VERSION) {
    throw new CheckpointError(
      `The checkpoint is of version ${shortened(String(version))}; this version of Normscope reads version ${VERSION}.`,
    );
  }
  const isText = text === null || typeof text === 'string';
  if (!isCount(step) || !isCount(momentsFrom) || momentsFrom > step || !isText) {
    throw new CheckpointError('The checkpoint does not say at which step and of which text it is.');
  }
  const settings = parsed(metadata['normscope_config']);
  const { config, problems } = complete(settings);
  if (problems.length || !Object.keys(settings).length) {
    const said = toTell(problems).map(({ message }) => message);
    throw new CheckpointError(
      ['The settings of the checkpoint cannot be read.', ...said].join(' '),
    );
  }
  return { config, step, momentsFrom, text };
}
