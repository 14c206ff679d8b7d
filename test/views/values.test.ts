import { describe, expect, it } from 'vitest';
import { field } from '../../src/config/fields';
import {
  differ,
  isDefault,
  sayValues,
  showValues,
  type LaneValue,
} from '../../src/views/lanes/values';

const of = (a: LaneValue['value'], b: LaneValue['value']): LaneValue[] => [
  { lane: 'a', value: a },
  { lane: 'b', value: b },
];

describe('the values of several lanes', () => {
  it('show as one where they agree', () => {
    expect(differ(of(1e-3, 1e-3))).toBe(false);
    expect(showValues('lr', of(1e-3, 1e-3))).toBe('0.001');
    expect(sayValues('lr', of(1e-3, 1e-3))).toBe('0.001');
  });

  it('show side by side where they differ, and are said lane by lane', () => {
    expect(differ(of(1e-3, 1e-4))).toBe(true);
    expect(showValues('lr', of(1e-3, 1e-4))).toBe('0.001 | 1e-4');
    expect(sayValues('lr', of(1e-3, 1e-4))).toBe('A 0.001, B 1e-4');
  });

  it('use the words that a person reads', () => {
    expect(showValues('activation', of('gelu', 'relu'))).toBe('GELU | ReLU');
    expect(showValues('bias', of(true, false))).toBe('on | off');
  });

  it('are at the default only when all are', () => {
    expect(isDefault(field('lr'), of(1e-3, 1e-3))).toBe(true);
    expect(isDefault(field('lr'), of(1e-3, 1e-4))).toBe(false);
  });
});
