import { describe, expect, it } from 'vitest';
import {
  cutSpan,
  extended,
  headOf,
  onlyLayer,
  sameSpan,
  saySpan,
  spanOf,
} from '../../src/plot/span';
import { depthScale } from '../../src/plot/depth';

describe('a span of layers', () => {
  it('has its ends in order, whichever was first', () => {
    expect(spanOf(7, 4)).toEqual({ from: 4, to: 7 });
    expect(spanOf(3)).toEqual({ from: 3, to: 3 });
  });

  it('is cut to the layers that there are', () => {
    expect(cutSpan({ from: 4, to: 20 }, 12)).toEqual({ from: 4, to: 11 });
    expect(cutSpan({ from: 12, to: 20 }, 12)).toBeNull();
    expect(cutSpan(null, 12)).toBeNull();
  });

  it('is compared by its ends', () => {
    expect(sameSpan({ from: 1, to: 2 }, { from: 1, to: 2 })).toBe(true);
    expect(sameSpan({ from: 1, to: 2 }, null)).toBe(false);
    expect(sameSpan(null, null)).toBe(true);
  });

  it('is one layer, or several, and says so', () => {
    expect(onlyLayer(spanOf(5))).toBe(5);
    expect(onlyLayer(spanOf(5, 6))).toBeNull();
    expect(saySpan(spanOf(5))).toBe('layer 5');
    expect(saySpan(spanOf(6, 5))).toBe('layers 5 to 6');
  });
});

describe('extending a span', () => {
  it('begins with one layer', () => expect(extended(null, null, 3)).toEqual({ from: 3, to: 3 }));

  it('moves the end across from where it was begun, also past it', () => {
    const begun = 5;
    const right = extended(spanOf(5), begun, 8);
    expect(right).toEqual({ from: 5, to: 8 });
    expect(headOf(right, begun)).toBe(8);
    const left = extended(right, begun, 2);
    expect(left).toEqual({ from: 2, to: 5 });
    expect(headOf(left, begun)).toBe(2);
  });

  it('keeps the farther end where it was begun elsewhere', () => {
    expect(extended({ from: 4, to: 7 }, null, 9)).toEqual({ from: 4, to: 9 });
    expect(extended({ from: 4, to: 7 }, null, 1)).toEqual({ from: 1, to: 7 });
    expect(headOf({ from: 4, to: 7 }, null)).toBe(7);
  });
});

it('a pointer past the stack is over the nearest layer', () => {
  const depth = depthScale(12, 800);
  expect(depth.nearestLayer(0)).toBe(0);
  expect(depth.nearestLayer(800)).toBe(11);
  expect(depth.nearestLayer(depth.x(7))).toBe(7);
  expect(depth.layerAt(0)).toBeNull();
});
