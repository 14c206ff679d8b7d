import { expect, test } from 'vitest';
import { browserAddress, lanesOf } from '../../src/runs/address';

/** As much of a window as the address needs. */
function fakeWindow(href: string) {
  const moved = new Set<() => void>();
  const window = {
    location: {
      href,
      get hash() {
        return new URL(this.href).hash;
      },
    },
    history: {
      state: null as unknown,
      pushState(state: unknown, _: string, url: string) {
        this.state = state;
        window.location.href = url;
      },
    },
    addEventListener: (_: string, listener: () => void) => moved.add(listener),
    removeEventListener: (_: string, listener: () => void) => moved.delete(listener),
  };
  return { window, address: browserAddress(window as unknown as Window), moved };
}

test('the address changes after # alone', () => {
  const { window, address } = fakeWindow('https://a.test/dir/?backend=wasm#v=1&lr=1');
  expect(address.read()).toEqual({ hash: 'v=1&lr=1', lanes: null });
  address.push({ hash: 'v=1&lr=2', lanes: ['b', 'c'] });
  expect(window.location.href).toBe('https://a.test/dir/?backend=wasm#v=1&lr=2');
  expect(address.read()).toEqual({ hash: 'v=1&lr=2', lanes: ['b', 'c'] });
  expect(address.withHash('')).toBe('https://a.test/dir/?backend=wasm');
});

test('a history that refuses an entry is no error', () => {
  const { window, address } = fakeWindow('https://a.test/');
  window.history.pushState = () => {
    throw new Error('too many entries');
  };
  expect(() => address.push({ hash: 'v=1', lanes: ['a'] })).not.toThrow();
});

test('moves are told until nobody listens', () => {
  const { address, moved } = fakeWindow('https://a.test/');
  let told = 0;
  const stop = address.onMove(() => told++);
  moved.forEach((listener) => listener());
  stop();
  expect([told, moved.size]).toEqual([1, 0]);
});

test.each([[null], [{}], ['x'], [{ lanes: 'ab' }], [{ lanes: ['a', 'a'] }], [{ lanes: ['z'] }]])(
  'a foreign history entry %j names no lanes',
  (state) => expect(lanesOf(state)).toBeNull(),
);
