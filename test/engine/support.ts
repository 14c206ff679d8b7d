import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import { openNodeBackend, type NodeBackend } from '../../src/engine/nodeBackend';
import { createSession, type Session } from '../../src/engine/session';
import { decodeSafetensors } from '../../src/lib/safetensors';
import { unpack, type Frame } from '../../src/protocol/frame';

/** A model small enough for loops in float64. */
export const TINY = {
  n_layers: 2,
  d_model: 16,
  n_heads: 2,
  mlp_ratio: 2,
  seq_len: 8,
  batch_size: 2,
} as const satisfies Partial<Config>;

export const TEXT =
  'Whether do not bodies act upon light at a distance, and by their action bend its rays?';

/** A configuration that is meant as it is written: settings that cannot go together are a mistake. */
export function configOf(settings: Partial<Config>): Config {
  const { config, problems } = complete(settings);
  if (problems.length) throw new Error(problems.map(({ message }) => message).join(' '));
  return config;
}

/** A session on a backend in Node, without the reading of files. */
export async function sessionOf(
  settings: Partial<Config>,
  backend: NodeBackend = 'wasm',
  text = TEXT,
): Promise<Session> {
  await openNodeBackend(backend);
  return createSession(configOf(settings), text);
}

export const measured = async (session: Session, commit = false): Promise<Frame> => {
  const { layout } = session.report;
  return unpack(layout, await session.measure(commit));
};

export const weightsOf = async (session: Session) =>
  decodeSafetensors(await session.saveWeights()).tensors;

/** Tokens as nested lists, [B][T]. */
export function nested({ batch }: Frame): { inputs: number[][]; targets: number[][] } | null {
  if (!batch) return null;
  const { B, T } = batch;
  const rows = (ids: Int32Array) =>
    Array.from({ length: B }, (_, b) => [...ids.subarray(b * T, (b + 1) * T)]);
  return { inputs: rows(batch.inputs), targets: rows(batch.targets) };
}
