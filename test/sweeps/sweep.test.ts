import { describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../src/config/fields';
import { readAxis } from '../../src/sweeps/axis';
import { lineOf, readLines, SweepFileError } from '../../src/sweeps/lines';
import type { Outcome } from '../../src/sweeps/outcome';
import { readResult } from '../../src/sweeps/result';
import { readSweep, runKey, runsOf, type TypedSweep } from '../../src/sweeps/sweep';

const axis = (typed: string) => {
  const read = readAxis(typed);
  return 'axis' in read ? read.axis.values : read.problem;
};

describe('axes', () => {
  test('numbers by equal factors or evenly, whole where the setting is; words and choices as a list', () => {
    expect(axis('lr=1e-4..1e-1:4log')).toEqual([1e-4, 1e-3, 1e-2, 1e-1]);
    expect(axis('lr=1e-4..1e-3:3log')).toEqual([1e-4, 3.16228e-4, 1e-3]);
    expect(axis('dropout=0..0.5:3')).toEqual([0, 0.25, 0.5]);
    expect(axis('n_layers=4..32:4log')).toEqual([4, 8, 16, 32]);
    expect(axis('placement=pre|post')).toEqual(['pre', 'post']);
    expect(axis(' n_layers = 4 | 8 ')).toEqual([4, 8]);
    expect(axis('causal=true|false')).toEqual([true, false]);
  });

  test.each([
    ['lr', /“lr” is no axis; it must be key=from/],
    ['lr=', /is no axis/],
    ['learning=1|2', /Unknown setting “learning”/],
    ['lr=1..x:3', /lr=1\.\.x is no range of numbers/],
    ['lr=0..1:3log', /equal factors need ends above 0/],
    ['lr=0.1..1:1', /a range has 2 to 256/],
    ['lr=0.1..1:9999', /a range has 2 to 256/],
    ['lr=1|-1', /lr is -1; it must be a number from 0 to 100/],
    ['lr=1|1', /lr is 1 twice/],
    ['n_layers=1..3:8', /n_layers is 1 twice/],
    ['placement=pre|pst', /placement is “pst”; it must be one of/],
    ['placement=pre..post:2', /placement has no range/],
  ])('%s: %s', (typed, problem) => {
    expect(axis(typed)).toMatch(problem);
  });
});

describe('results', () => {
  const result = (typed: string) => {
    const read = readResult(typed);
    return 'result' in read ? read.result : read.problem;
  };
  test('a quantity with layer and step, a ratio, an alarm', () => {
    expect(result('alarm')).toEqual({ typed: 'alarm', of: 'alarm' });
    expect(result('loss@last')).toMatchObject({ over: { layer: null }, under: null, step: 'last' });
    expect(result('loss')).toMatchObject({ step: 'last' });
    expect(result('grad_rms@resid_post[0]/grad_rms@resid_post[-1]@0')).toMatchObject({
      over: { quantity: { statistic: 'grad_rms', place: 'resid_post' }, layer: 0 },
      under: { layer: -1 },
      step: 0,
    });
    expect(result('entropy@attn/2[3]@5')).toMatchObject({
      over: { quantity: { of: 'head', each: 2 }, layer: 3 },
      under: null,
    });
    expect(result('rms@embed/rms@final_norm')).toMatchObject({ under: { layer: null } });
  });
  test.each(['', 'lost@last', 'loss@first', 'rms@nowhere[0]', 'loss/', 'a b', 'loss@last@last'])(
    '“%s” is none',
    (typed) => {
      expect(result(typed)).toMatch(/is no result; it must be alarm, or a quantity/);
    },
  );
});

const TYPED: TypedSweep = {
  grid: ['lr=1e-4..1e-2:5log', 'n_layers=2|4|6'],
  seeds: 2,
  steps: 3,
  result: 'loss@last',
};
const sweep = (change: Partial<TypedSweep> = {}, base = {}) =>
  readSweep({ ...TYPED, ...change }, { ...DEFAULTS, ...base });
const good = (change: Partial<TypedSweep> = {}) => {
  const read = sweep(change);
  if ('problems' in read) throw new Error(read.problems.join());
  return read.sweep;
};

describe('sweeps', () => {
  test('all cells under the first seed, ends and middle before what lies between', () => {
    const runs = runsOf(good());
    expect(runs).toHaveLength(30);
    expect(new Set(runs.map(runKey)).size).toBe(30);
    expect(runs.slice(0, 9).every(({ cell }) => cell[0]! % 2 === 0)).toBe(true);
    expect(runs.slice(0, 15).every(({ seed }) => seed === 0)).toBe(true);
    expect(runs.at(-1)!.config.seed).toBe(DEFAULTS.seed + 1);
    for (const { cell, config } of runs) expect(config.n_layers).toBe([2, 4, 6][cell[1]!]);
  });

  test.each<[Partial<TypedSweep>, RegExp]>([
    [{ grid: [] }, /one or two axes; these are 0/],
    [{ grid: ['lr=1|2', 'beta1=0|0.1', 'beta2=0|0.1'] }, /these are 3/],
    [{ grid: ['lr=1|2', 'lr=3|4'] }, /Both axes are lr/],
    [{ grid: ['seed=1|2'] }, /seed is an axis/],
    [{ seeds: 0 }, /seeds is 0; it must be a whole number from 1 to 64/],
    [{ steps: 1.5 }, /steps is 1.5/],
    [{ result: 'rms@resid_post[4]' }, /lr 0.0001, n_layers 2: .* is of layer 4/],
    [{ result: 'rms@resid_post@0' }, /“rms@resid_post@0” names no layer/],
    [{ result: 'loss/entropy@attn/1' }, /names no layer/],
    [{ result: 'loss@3' }, /a run of 3 steps has steps 0 to 2/],
    [{ grid: ['n_heads=2|3'] }, /n_heads 3: /],
    [{ grid: ['lr=1e-4..1:200', 'seed=0..199:200'], seeds: 1 }, /40,000 runs; at most 10,000/],
  ])('%j cannot be', (change, problem) => {
    const read = sweep(change);
    expect('problems' in read && read.problems.join(' ')).toMatch(problem);
  });
});

describe('files', () => {
  const made = good();
  const runs = runsOf(made);
  const outcomes: Outcome[] = runs.slice(0, 4).map((run, i) => ({
    ...run,
    result: [1.25, NaN, Infinity, -0.5][i]!,
    alarm: i ? { rule: 'loss', step: 2, at: 'loss', layer: null, direction: 'forward' } : null,
    time: 0.5,
  }));
  const maker = { backend: 'wasm', build: 'relaxed', app: '0.1.0', text: null };
  const lines = outcomes.map((outcome) => lineOf(made, outcome, maker));
  const file = (all: string[]) => all.map((line) => `${line}\n`).join('');
  const refusal = (content: string) => {
    try {
      readLines(content);
    } catch (error) {
      expect(error).toBeInstanceOf(SweepFileError);
      return (error as Error).message;
    }
    return null;
  };

  test('lines in any order, twice, or broken off at the end, are read as they were written', () => {
    const read = readLines(file([...lines].reverse()) + lines[0]!.slice(0, 99));
    expect(read.sweep.typed).toEqual(made.typed);
    const { text: _, ...by } = maker;
    expect(read.outcomes).toEqual(outcomes.map((one) => ({ ...one, maker: by })).reverse());
    expect(readLines(file([lines[0]!, lines[0]!])).outcomes).toHaveLength(1);
    expect(runsOf(read.sweep)).toEqual(runs);
    expect(read.wholeTo).toBe(file(lines).length);
    const unended = file(lines).trimEnd();
    expect(readLines(unended).outcomes).toHaveLength(4);
    expect(readLines(unended).wholeTo).toBe(unended.length);
    // As an editor of Windows saves it.
    const saved = `\uFEFF${file(lines).replaceAll('\n', '\r\n')}`;
    expect(readLines(saved)).toMatchObject({ outcomes: { length: 4 }, wholeTo: saved.length });
  });

  const edited = (change: (line: Record<string, unknown>) => object) =>
    JSON.stringify(change(JSON.parse(lines[1]!) as Record<string, unknown>));
  test.each<[string, RegExp]>([
    ['{', /Line 2 is no JSON/],
    ['7', /Line 2 is not of the format normscope-sweep/],
    [edited((line) => ({ ...line, version: 2 })), /has version 2; .* reads 1/],
    [edited((line) => ({ ...line, of: 'alarm' })), /another sweep than the first/],
    [edited((line) => ({ ...line, result: 'much' })), /has no result/],
    [edited((line) => ({ ...line, result: ['NaN'] })), /has no result/],
    [edited((line) => ({ ...line, result: null })), /has no result/],
    [edited((line) => ({ ...line, cell: [9, 9] })), /cell 9, 9, seed 0, which the sweep has not/],
    [edited((line) => ({ ...line, grid: ['lr=1'] })), /another sweep|names no sweep/],
    [edited((line) => ({ ...line, config: {} })), /otherwise than its cell|another sweep/],
    [edited((line) => ({ ...line, config: { lr: 'x' } })), /a config that cannot be: lr is “x”/],
  ])('a second line %s is refused by its place', (line, problem) => {
    expect(refusal(file([lines[0]!, line]))).toMatch(problem);
  });
  test('nothing is no sweep', () => {
    expect(refusal('\n')).toMatch(/no line of a sweep/);
  });
});
