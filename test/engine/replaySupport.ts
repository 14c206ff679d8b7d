import { createHash } from 'node:crypto';
import type { Config } from '../../src/config/fields';
import { createSession, type Session } from '../../src/engine/session';
import { configOf, TEXT, TINY } from './support';

const sessions: Session[] = [];

/** A session that `closeSessions` will dispose of; with 0 bytes for tapes it makes none. */
export function openSession(settings: Partial<Config> = {}, tapeBytes?: number): Session {
  const session = createSession(configOf({ ...TINY, ...settings }), TEXT, { tapeBytes });
  sessions.push(session);
  return session;
}

export function closeSessions() {
  for (const session of sessions.splice(0)) session.dispose();
}

/** All numbers of the next steps. */
export async function framesOf(session: Session, steps: number): Promise<Float32Array[]> {
  const frames: Float32Array[] = [];
  while (frames.length < steps) frames.push((await session.measure(true)).packed);
  return frames;
}

/** A short name of bytes, which no other bytes have. */
export const printOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Parameters and buffers, bit by bit. */
export const stateOf = async (session: Session) => [...(await session.saveWeights())];
