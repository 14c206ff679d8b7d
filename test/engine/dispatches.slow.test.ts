import { expect, test } from 'vitest';
import { complete } from '../../src/config/check';
import { createSession } from '../../src/engine/session';
import { asDevice } from '../support/dawn';
import { backend, testDispatches, USUAL } from './dispatchesSupport';
import { TEXT, TINY } from './support';

/** Of the default settings, by how many tensors a shader may bind: the driver of these tests has twelve. */
const DEFAULT_MOST = { 8: 320, 12: 280 };

testDispatches(USUAL);

test.each([8, 12] as const)(
  'the default settings where a shader binds %i tensors',
  async (mostBuffers) => {
    await asDevice(backend, { mostBuffers }, async () => {
      const session = createSession(complete({ ...TINY, n_layers: 12 }).config, TEXT);
      const { cost } = await session.measure(false);
      session.dispose();
      expect(cost.dispatches).toBeLessThanOrEqual(DEFAULT_MOST[mostBuffers]);
    });
  },
);
