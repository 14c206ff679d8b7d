import { afterEach, expect, test } from 'vitest';
import { decode } from '../../src/config/codec';
import { DEFAULTS } from '../../src/config/fields';
import { allowed, whyLocked } from '../../src/runs/access';
import { memoryAddress, openScope } from './openScope';

let close = () => {};
afterEach(() => close());
const opened = async (hash: string) => {
  const page = openScope({ address: memoryAddress(hash) });
  close = () => page.scope.dispose();
  await page.ready();
  return page;
};

test('a lock names what it leaves open', () => {
  expect(whyLocked({ open: null }, 'lr')).toBeNull();
  expect(whyLocked({ open: ['placement', 'lanes'] }, 'lr')).toBe(
    'Locked on this page. Open here: Placement, the number of lanes.',
  );
  expect(whyLocked({ open: [] }, 'lr')).toBe('Locked on this page. Open here: nothing.');
  expect(whyLocked({ open: ['lr'] }, 'lr')).toBeNull();
});

test('of several settings the open ones change, and those that stay as they are lock nothing', () => {
  const wanted = { norm: 'rmsnorm', placement: DEFAULTS.placement, lr: 0.01 };
  expect(allowed({ open: ['lr'] }, DEFAULTS, wanted)).toEqual({
    changes: { placement: DEFAULTS.placement, lr: 0.01 },
    locked: ['norm'],
  });
});

test('a page with a lock changes what it leaves open, says so of the rest, and keeps its lanes', async () => {
  const { scope, state } = await opened('v=1&view.open=placement&view.hide=gradient,stack');
  expect(state().view).toMatchObject({ open: ['placement'], hide: ['gradient', 'stack'] });
  scope.actions.setValues({ placement: 'none', norm: 'rmsnorm' }, ['a']);
  expect(state().lanes[0]!.config).toMatchObject({ placement: 'none', norm: DEFAULTS.norm });
  expect(state().notices.map(({ about, text }) => [about, text])).toContainEqual([
    'norm',
    'Locked on this page. Open here: Placement.',
  ]);
  scope.actions.addLane();
  scope.actions.removeLane('b');
  expect(state().lanes).toHaveLength(2);
  scope.actions.setView({ open: null });
  scope.actions.setValue('norm', 'rmsnorm', ['a']);
  scope.actions.removeLane('b');
  expect(state().lanes.map(({ config }) => config.norm)).toEqual(['rmsnorm']);
  expect(decode(scope.actions.link().split('#')[1] ?? '').config.norm).toBe('rmsnorm');
});

test('a link that opens or hides what is not there is told what there is', async () => {
  const { state } = await opened('v=1&view.open=placement,pony&view.hide=sky');
  expect(state().view).toMatchObject({ open: null, hide: [] });
  const said = state().notices.map(({ text }) => text);
  expect(said.some((text) => text.includes('placement,pony') && text.includes('lanes'))).toBe(true);
  expect(said.some((text) => text.includes('sky') && text.includes('magnitude'))).toBe(true);
});
