import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/fields';
import { restoreSession, type Session } from '../../src/engine/session';
import { decodeSafetensors, encodeSafetensors } from '../../src/lib/safetensors';
import { checkpointMetadata, readCheckpointHead } from '../../src/protocol/checkpoint';
import { configOf, sessionOf, TEXT, TINY, weightsOf } from './support';
import { framesOf, printOf } from './replaySupport';

/** A session after some measured steps. */
async function trained(settings: Partial<Config>, steps = 3): Promise<Session> {
  const session = await sessionOf({ ...TINY, ...settings });
  await framesOf(session, steps);
  return session;
}

const checkpointOf = async (session: Session) => printOf(await session.saveCheckpoint());

/** A checkpoint’s tensors, its head changed, as a file. */
function changed(
  file: Uint8Array,
  change: (given: { metadata: Record<string, string>; names: Set<string> }) => void,
): Uint8Array {
  const { tensors, metadata } = decodeSafetensors(file);
  const names = new Set(tensors.keys());
  change({ metadata, names });
  const kept = [...tensors].filter(([name]) => names.has(name));
  return encodeSafetensors(
    kept.map(([name, tensor]) => ({ name, ...tensor })),
    metadata,
  );
}

describe('a checkpoint', () => {
  test('is gone on from by any session, and by a new one, with the bits of a run that went on', async () => {
    const session = await trained({ optimizer: 'muon', norm: 'batchnorm', dropout: 0.1 });
    const file = await session.saveCheckpoint();
    const other = await trained({ n_layers: 3, seed: 4 });
    expect(other.restore(file, TEXT)).toMatchObject({ step: 3, kept: false });
    expect(other.config).toEqual(session.config);
    const fresh = restoreSession(file, TEXT);
    const frames = await framesOf(session, 4);
    for (const restored of [other, fresh]) {
      expect(await framesOf(restored, 4)).toEqual(frames);
      expect(await checkpointOf(restored)).toBe(await checkpointOf(session));
    }
  });

  test('holds the weights that a reset goes back to', async () => {
    const file = await (await trained({}, 2)).saveWeights();
    const session = await sessionOf({ ...TINY, seed: 5 });
    session.loadWeights(file);
    const first = await session.saveWeights();
    await framesOf(session, 2);
    const restored = restoreSession(await session.saveCheckpoint(), TEXT);
    restored.reset();
    expect(printOf(await restored.saveWeights())).toBe(printOf(first));
  });

  test('is a weights file', async () => {
    const session = await trained({ weight_reparam: 'sigma' });
    const other = await sessionOf({ ...TINY, weight_reparam: 'sigma', seed: 2 });
    const { remarks, step } = other.loadWeights(await session.saveCheckpoint());
    expect([step, remarks?.join()]).toEqual([0, expect.stringContaining('weights alone')]);
    expect(await weightsOf(other)).toEqual(await weightsOf(session));
  });

  test('keeps what is not finite, and the sign of zero', async () => {
    const { tensors, metadata } = decodeSafetensors(await (await trained({})).saveCheckpoint());
    const wanted = Float32Array.of(NaN, Infinity, -Infinity, -0, 1e-45);
    for (const folder of ['', 'm/', 'v/']) tensors.get(`${folder}embed.token`)!.data.set(wanted);
    const named = [...tensors].map(([name, tensor]) => ({ name, ...tensor }));
    const file = encodeSafetensors(named, metadata);
    const restored = restoreSession(file, TEXT);
    expect(await checkpointOf(restored)).toBe(printOf(file));
  });

  test('that cannot be gone on from is refused, and the session stays as it was', async () => {
    const file = await (await trained({})).saveCheckpoint();
    const weights = await (await trained({})).saveWeights();
    const session = await trained({ n_layers: 1 });
    const before = await checkpointOf(session);
    const head = (metadata: Record<string, string>) => metadata['normscope_checkpoint']!;
    const refused: [Uint8Array, RegExp, string?][] = [
      [file.slice(0, 5), /no checkpoint/],
      [file.slice(0, 200), /no checkpoint.*end is missing/],
      [file.slice(0, -4), /end is missing/],
      [weights, /no checkpoint of Normscope/],
      [file, /another text/, 'Other words.'],
      [file, /another text/, ''],
      [
        changed(file, ({ metadata }) => {
          metadata['normscope_checkpoint'] = head(metadata).replace('"version":1', '"version":2');
        }),
        /of version 2; this version of Normscope reads version 1/,
      ],
      [
        changed(file, ({ metadata }) => {
          metadata['normscope_checkpoint'] = head(metadata).replace('"step":3', '"step":-3');
        }),
        /at which step/,
      ],
      [
        changed(file, ({ metadata }) => {
          metadata['normscope_config'] = JSON.stringify({ norm: 'batchnrm' });
        }),
        /settings.*batchnrm/,
      ],
      [changed(file, ({ names }) => names.delete('v/embed.token')), /no tensor v\/embed\.token/],
    ];
    for (const [bytes, why, text = TEXT] of refused) {
      expect(() => session.restore(bytes, text)).toThrow(why);
      expect(() => restoreSession(bytes, text)).toThrow(why);
    }
    expect(await checkpointOf(session)).toBe(before);
  });

  test('says in its head of what it is', async () => {
    const session = await trained({ lr: 0.01, task: 'copy' });
    const file = await session.saveCheckpoint();
    const head = { config: session.config, step: 3, momentsFrom: 0, text: null };
    expect(readCheckpointHead(file.slice(0, 2 ** 14))).toEqual(head);
    expect(restoreSession(file, 'any text').step).toBe(3);
    const metadata = checkpointMetadata({ ...head, config: configOf({ lr: 2 }) });
    expect(readCheckpointHead(encodeSafetensors([], metadata)).config.lr).toBe(2);
  });
});

describe('advancing', () => {
  test.each(['wasm', 'cpu'] as const)('gives the bits of measured steps (%s)', async (backend) => {
    const [session, other] = [await sessionOf(TINY, backend), await sessionOf(TINY, backend)];
    await framesOf(session, 9);
    expect(await other.advance({ until: 9, ms: Infinity })).toEqual({ step: 9 });
    expect(await checkpointOf(other)).toBe(await checkpointOf(session));
    expect(await other.advance({ until: 4, ms: 10 })).toEqual({ step: 9 });
  });

  test('ends when its time is over, but not before one update', async () => {
    const session = await sessionOf(TINY);
    expect(await session.advance({ until: 100, ms: 0 })).toEqual({ step: 1 });
    const began = performance.now();
    const { step } = await session.advance({ until: 1e9, ms: 200 });
    expect(step).toBeGreaterThan(1);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
