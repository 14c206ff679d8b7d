import { describe, expect, test } from 'vitest';
import { readTyped } from '../../src/config/quantity';
import {
  axisFor,
  completed,
  isDrawn,
  pressed,
  stroked,
  type Sketch,
} from '../../src/views/labs/sketch';
import { explanationOf } from '../../src/config/glossary';

const LOG = { kind: 'log', domain: [-3, 1] } as const;
const EMPTY = [null, null, null, null, null];

describe('a curve that is drawn by hand', () => {
  test('a stroke sets every layer that it passes, straight on the axis, either way', () => {
    const from = { layer: 0, units: -2 };
    const to = { layer: 4, units: 0 };
    const drawn = [0.01, 0.0316, 0.1, 0.316, 1];
    expect(stroked('log', EMPTY, from, to)).toEqual(drawn);
    expect(stroked('log', EMPTY, to, from)).toEqual(drawn);
    expect(stroked('linear', EMPTY, { layer: 2, units: 7 }, { layer: 2, units: -1.5 })).toEqual([
      ...[null, null],
      -1.5,
      ...[null, null],
    ]);
  });

  test('layers without a value follow from their neighbours', () => {
    expect(completed('log', [null, 0.01, null, 1, null])).toEqual([0.01, 0.01, 0.1, 1, 1]);
    expect(completed('linear', [0, null, null, 3])).toEqual([0, 1, 2, 3]);
    expect([EMPTY, [null, 1], [1, 2, null], [1]].map(isDrawn)).toEqual([false, false, true, true]);
  });

  test('keys move a layer within the axis; the first press sets it down', () => {
    const first = pressed(LOG, EMPTY, 2, 'ArrowUp')!;
    expect(first).toEqual([null, null, 0.1, null, null]);
    expect(pressed(LOG, first, 2, 'ArrowUp')![2]).toBeCloseTo(0.12, 2);
    expect(pressed(LOG, first, 3, 'ArrowDown')![3]).toBe(0.1);
    const top = new Array(30)
      .fill(0)
      .reduce<Sketch>((sketch) => pressed(LOG, sketch, 2, 'PageUp')!, first);
    expect(top[2]).toBe(10);
    expect(pressed(LOG, first, 2, 'x')).toBeNull();
  });

  test('the axis has room around what others have, and its own ends where it is bounded', () => {
    const rms = readTyped('rms@resid_post')!;
    expect(axisFor(rms, [0.5, 20], 0)).toEqual({ kind: 'log', domain: [-2, 3] });
    expect(axisFor(rms, [0.5, 20], 2)).toEqual({ kind: 'log', domain: [-4, 5] });
    expect(axisFor(rms, [], 0)).toEqual({ kind: 'log', domain: [-3, 3] });
    expect(axisFor(readTyped('token_cosine@resid_post')!, [0.1], 0).kind).toBe('linear');
  });
});

test('terms are found by the names that the page has for them', () => {
  expect(explanationOf('layernorm')?.note).toBeTruthy();
  expect(explanationOf('RMS')?.formula).toContain('sum');
  expect(explanationOf('resid_post')?.note).toBeTruthy();
  expect(explanationOf('Learning rate')?.note).toBeTruthy();
  expect(explanationOf('pony')).toBeUndefined();
});
