import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEYS, field } from '../../src/config/fields';
import { readTyped } from '../../src/config/quantity';
import { BLOCK_SITES } from '../../src/config/sites';
import { FACTS, type Fact, type Layers, type Node } from '../../src/labs/language/expression';
import { judge, measure, measureCurve } from '../../src/labs/language/evaluate';
import { FUNCTIONS, FUNCTION_NAMES, WITHIN } from '../../src/labs/language/functions';
import { printed } from '../../src/labs/language/print';
import { readExpression } from '../../src/labs/language/read';
import type { Evidence } from '../../src/labs/evidence';
import { LANE_IDS } from '../../src/runs/laneId';
import { laneAt } from './evidence';

const read = (text: string, wanted: 'truth' | 'number' = 'truth') => {
  const found = readExpression(text, wanted);
  if ('problem' in found) throw new Error(found.problem);
  return found.expression;
};
const problem = (text: string, wanted: 'truth' | 'number' = 'truth') => {
  const found = readExpression(text, wanted);
  return 'problem' in found ? found.problem : null;
};

describe('expressions as they are written', () => {
  test.each([
    ["B.placement = 'post' and B.step >= 50"],
    ['A.loss@100 < B.loss@100 - 0.2'],
    ['A.rms@resid_post[last]@0 / A.rms@resid_post[0]@0 > 3'],
    ['A.entropy@attn/2[3] within 5% of theory(A.entropy@attn[3])'],
    ['count(A.entropy@attn[all] < 1) > 3 or not (A.alarm >= 0)'],
    ['slope(A.grad_rms@resid_post[0..-2]@0) < -(0.1 + 2) * 3'],
    ['A.rms@blocks.3.attn.q > 1 and A.rms@embed@5 != 2'],
    ['A.param_rms@attn.wq[0] > 1e-7 and A.lr@output = A.lr'],
  ])('%s reads, and prints as itself', (text) => {
    expect(printed(read(text).node)).toBe(text);
  });

  test('a / behind a quantity that has no heads divides', () => {
    expect(read('A.loss/2', 'number').node).toMatchObject({ kind: 'binary', operator: '/' });
    expect(read('A.entropy@attn/1[0]', 'number').node).toMatchObject({ quantity: { each: 1 } });
  });

  test.each([
    ["A.placement = 'pst'", '“pst” is no placement (did you mean post?); there are pre, post'],
    ['A.rms@resid_pst[0] < 1', 'Did you mean rms@resid_post?'],
    ['A.rsm@resid_post[0] < 1', '“A.rsm” is nothing that a run has (did you mean rms?).'],
    ['A.learning_rate > 1', 'did you mean lr?'],
    ['A.rms@resid_post < 1', 'A.rms@resid_post is of each layer; name them: A.rms@resid_post[0]'],
    ['A.loss[0] < 1', 'A.loss has no layers'],
    ['A.rms@resid_post[3..1] < 1', '“[3..1]” is empty'],
    ['A.rms@resid_post[x] < 1', '“[x]” names no layers; there are numbers from 0 on, first, last'],
    ['A.rms@resid_post[0 < 1', 'is not closed by a ].'],
    ['A.loss@last < 1', 'behind loss stands nothing but a step'],
    ['A.loss == 2', '“==” is written = here.'],
    ['A.loss < 1 && B.loss < 1', '“&&” is written and here.'],
    ['A.loss ^ 2 < 1', '“^” is written exp(…) or sqrt(…) here.'],
    ['A.loss', '“A.loss” is a number; a condition such as A.step >= 50 is needed here.'],
    ['A.rms@resid_post[all] < 1', 'count(…) says of how many layers it holds'],
    ['max(A.loss) > 1', '“A.loss” is a number; a list of numbers, one for each layer is needed'],
    ['A.diverged + 1 > 2', '“A.diverged” is true or false; a number is needed here'],
    ["A.causal = 'true'", 'it stands alone, or behind not: not A.causal.'],
    ["A.n_layers = 'four'", 'a word is compared with a setting that has words'],
    ['E.loss < 1', '“E” is no lane; there are A, B, C, D.'],
    ['a.loss < 1', '“a” is no lane (did you mean A?)'],
    ['A.loss < B.loss < 2', 'Two values are compared at a time: a < b and b < c.'],
    ['maxx(A.rms@resid_post[all]) > 1', 'did you mean max?'],
    ['ratio(1) > 1', 'ratio takes two values, and has 1.'],
    ['loss < 3', '“loss” says nothing by itself; a number of a run has its lane before it'],
    ['A.loss within 0.1 of 3', 'within takes a percentage'],
    ['(A.loss < 1', 'Where the end stands, a closing parenthesis is needed.'],
    ['A.loss < 1)', 'Behind a whole expression stands “)”'],
    ['theory(A.loss) > 1', 'theory(…) takes a quantity with its layers'],
    ['theory(A.rms@resid_post[0]@9) > 1', 'theory(…) is of step 0'],
    ['A.entropy@attn/each[0] < 1', 'name one head, as in /2'],
    ['A.step@5 > 1', 'A.step is a fact, of the step where the run stands'],
    ['A.constructor = 1', '“A.constructor” is nothing that a run has'],
    ['__proto__ = 1', '“__proto__” says nothing by itself'],
    ['toString(1) > 1', '“toString” is no function'],
    ['A.__proto__ = 1', 'says nothing by itself'],
    ['1e999 > 1', '1e999 is larger than numbers go.'],
    ['', 'It is empty.'],
    [`${'('.repeat(5000)}1`, 'It has 5,001 characters; at most 1,000 are read.'],
    [`${'('.repeat(900)}1`, 'It goes more than 30'],
    [`${'not '.repeat(200)}A.diverged`, 'It goes more than 30'],
    [`${'-'.repeat(900)}1 > 0`, 'It goes more than 30'],
  ])('%s: %s', (text, words) => {
    expect(problem(text)).toContain(words);
  });

  test('never throws, whatever is written', () => {
    const pieces = [
      ...['A.', 'B.loss', 'rms', '@resid_post', '[0]', '[all]', '[', ']', '(', ')', ',', '@10'],
      ...['and', 'or', 'not', 'within', '5%', 'of', '<', '<=', '=', '!=', '+', '-', '*', '/', '..'],
      ...["'post'", '"', "'", '12', '.5', '1e9', 'max', 'theory', 'count', ' ', 'A.placement', '^'],
      ...['__proto__', 'constructor', 'é', '\u0000', '“', '\n', '/2', 'now', 'A.diverged'],
    ];
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((all) => all.join('')),
      fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((all) => all.join(' ')),
    );
    let known = 0;
    fc.assert(
      fc.property(text, fc.constantFrom('truth' as const, 'number' as const), (text, wanted) => {
        const found = readExpression(text, wanted);
        if ('expression' in found) {
          known++;
          expect(read(printed(found.expression.node), wanted).node).toEqual(found.expression.node);
        } else expect(found.problem).toMatch(/[.!?]$/);
      }),
      { numRuns: 5000 },
    );
    // Else the printing was never looked at.
    expect(known).toBeGreaterThan(0);
  });

  const lane = fc.constantFrom(...LANE_IDS);
  const layers: fc.Arbitrary<Layers> = fc.oneof(
    fc.integer({ min: -9, max: 99 }),
    fc.constant({ from: 0, to: -1 }),
    fc.record({ from: fc.integer({ min: 0, max: 5 }), to: fc.integer({ min: 5, max: 99 }) }),
  );
  const quantity = fc
    .tuple(fc.constantFrom('rms', 'grad_rms'), fc.constantFrom(...Object.keys(BLOCK_SITES)))
    .map(([statistic, place]) => readTyped(`${statistic}@${place}`)!);
  const step = fc.oneof(fc.constant('now' as const), fc.nat(1e6));
  const reading = (layers: fc.Arbitrary<Layers>): fc.Arbitrary<Node> =>
    fc
      .record({ lane, quantity, layers, step, isTheory: fc.boolean() })
      .map((one) => ({ kind: 'reading', ...one, ...(one.isTheory ? { step: 0 } : {}) }));
  const one = layers.filter((at): at is number => typeof at === 'number');
  const list = reading(layers.filter((at) => typeof at === 'object'));
  const ofLists = FUNCTION_NAMES.filter((name) => FUNCTIONS[name].takes === 'numbers');
  const numericKeys = KEYS.filter((key) => ['integer', 'number'].includes(field(key).kind));
  const tree = fc.letrec<{ number: Node; truth: Node }>((tie) => ({
    number: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc
        .double({ min: 0, max: 1e9, noNaN: true })
        .map((value): Node => ({ kind: 'number', value: value + 0 })),
      reading(one),
      fc.record({
        kind: fc.constant('setting' as const),
        lane,
        key: fc.constantFrom(...numericKeys),
      }),
      fc.record({
        kind: fc.constant('fact' as const),
        lane,
        fact: fc.constantFrom(
          ...(Object.keys(FACTS) as Fact[]).filter((fact) => fact !== 'diverged'),
        ),
      }),
      fc.record({
        kind: fc.constant('call' as const),
        name: fc.constantFrom(...ofLists),
        args: fc.tuple(list),
      }),
      fc.record({
        kind: fc.constant('unary' as const),
        operator: fc.constant('-' as const),
        of: tie('number'),
      }),
      fc.record({
        kind: fc.constant('binary' as const),
        operator: fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const),
        left: tie('number'),
        right: tie('number'),
      }),
    ),
    truth: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.record({
        kind: fc.constant('binary' as const),
        operator: fc.constantFrom('<' as const, '<=' as const, '=' as const, '!=' as const),
        left: tie('number'),
        right: tie('number'),
      }),
      fc.record({
        kind: fc.constant('call' as const),
        name: fc.constant(WITHIN),
        args: fc.tuple(
          tie('number'),
          fc.nat(500).map((value): Node => ({ kind: 'number', value: value / 4 })),
          tie('number'),
        ),
      }),
      fc.record({
        kind: fc.constant('unary' as const),
        operator: fc.constant('not' as const),
        of: tie('truth'),
      }),
      fc.record({
        kind: fc.constant('binary' as const),
        operator: fc.constantFrom('and' as const, 'or' as const),
        left: tie('truth'),
        right: tie('truth'),
      }),
    ),
  }));

  test('what is printed reads as the same expression', () => {
    fc.assert(
      fc.property(tree.truth, (node) => {
        const text = printed(node);
        fc.pre(text.length <= 1000);
        expect(read(text).node).toEqual(node);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('expressions on runs', () => {
  const evidence: Evidence = {
    a: laneAt({ placement: 'pre' }, { 0: 5, 40: 3.25, 100: 2.5 }, { changes: [10, 20] }),
    b: laneAt({ placement: 'post' }, { 0: 5, 40: 4 }, { alarm: 12, isDiverged: true }),
  };
  const number = (text: string) => {
    const found = measure(read(text, 'number'), evidence);
    return 'value' in found ? found.value : found.missing;
  };
  const said = (text: string) => {
    const found = judge(read(text), evidence);
    return 'value' in found ? [found.value.holds, ...found.value.reasons] : found.missing;
  };

  test.each([
    ['A.rms@resid_post[2]@0', 4],
    ['A.rms@resid_post[last]@0 / A.rms@resid_post[first]@0', 8],
    ['A.rms@resid_post[-2]@40', 4 * 41],
    ['A.rms@resid_post[1]', 2 * 101],
    ['A.rms@embed@0', 1],
    ['A.entropy@attn/1[2]@0', 6],
    ['A.entropy@attn[2]@0', 5.5],
    ['theory(A.rms@resid_post[3])', 8],
    ['max(A.rms@resid_post[all]@0) + min(A.rms@resid_post[all]@0)', 9],
    ['mean(A.rms@resid_post[0..1]@0)', 1.5],
    ['first(A.rms@resid_post[1..2]@0) * last(A.rms@resid_post[1..2]@0)', 8],
    ['slope(A.rms@resid_post[all]@0)', Math.log10(2)],
    ['count(A.rms@resid_post[all]@0 > 2)', 2],
    ['count(A.rms@resid_post[all]@0 within 1% of theory(A.rms@resid_post[all]))', 4],
    ['max(A.rms@resid_post[all]@0 / theory(A.rms@resid_post[all]) - 1)', 0],
    ['max(-A.rms@resid_post[all]@0)', -1],
    ['decades(A.rms@resid_post[0]@0, 100)', 2],
    ['ratio(1, 4) + abs(-2) + sqrt(9) + log10(100) + ln(exp(1))', 8.25],
    ['50% + A.n_layers', 4.5],
    ['A.changes * 10 + A.step', 120],
    ['B.alarm', 12],
    ['1 - 2 - 3', -4],
    ['8 / 2 / 2', 2],
    ['-2 * 3 + 1', -5],
  ])('%s is %s', (text, value) => {
    const found = number(text);
    if (typeof found === 'string') throw new Error(found);
    expect(found).toBeCloseTo(value, 6);
  });

  test.each([
    ['C.loss', 'There is no lane C.'],
    ['B.loss@100', 'Lane B stands at step 40; it has not come to step 100.'],
    ['A.loss@50', 'Lane A stands at step 100; step 50 was not measured.'],
    ['A.rms@resid_post[11]@0', 'Lane A has layers 0 to 3; there is no layer 11.'],
    ['A.rms@resid_post[-5]@0', 'Lane A has layers 0 to 3; there is no layer -5.'],
    ['A.kurtosis@resid_post[0]@0', 'Lane A has no kurtosis@resid_post[0]@0.'],
    ['A.rms@final_norm', 'Lane A has no rms@final_norm@100.'],
    ['A.entropy@attn/7[0]', 'Lane A has no entropy@attn/7[0]@100.'],
    [
      'theory(A.grad_rms@resid_post[0])',
      'There is no prediction of theory(A.grad_rms@resid_post[0]).',
    ],
    [
      'max(A.rms@resid_post[0..1] + A.rms@resid_post[0..2])',
      'Lists of 2 and 3 layers cannot be taken layer by layer.',
    ],
  ])('%s lacks something: %s', (text, missing) => {
    expect(number(text)).toBe(missing);
  });

  test.each([
    [
      'A.loss@40 < B.loss@40 - 0.2',
      [true, 'A.loss@40 is 3.25, which is less than B.loss@40 - 0.2, 3.80.'],
    ],
    [
      'A.loss@40 > B.loss@40',
      [false, 'A.loss@40 is 3.25, which is not greater than B.loss@40, 4.'],
    ],
    ["A.placement = 'post'", [false, 'A.placement is ‘pre’, which is not equal to ‘post’.']],
    // A mean over steps is not said step by step.
    [
      '(A.loss@0 + A.loss@0 + A.loss@0 + A.loss@40 - B.loss@0 - B.loss@0 - B.loss@0 - B.loss@40) / 4 > 9',
      [
        false,
        expect.stringMatching(
          /^\(A\.loss@0 \+ … \+ A\.loss@40 - B\.loss@0 - … - B\.loss@40\) \/ 4 is .*, which is not greater than 9\.$/,
        ),
      ],
    ],
    ['50 <= B.step', [false, 'B.step is 40, which is not at least 50.']],
    ['not B.diverged', [false, 'B.diverged is true.']],
    ['A.alarm >= 0', [false, 'A.alarm is not defined, which is not at least 0.']],
    ['not (A.alarm >= 0)', [true, 'A.alarm is not defined, which is not at least 0.']],
    ['A.loss@0 within 5% of 4', [false, 'A.loss@0 is 5, which is not within 5 % of 4.']],
    // Of a conjunction that fails only what fails is said, and what is missing does not matter then.
    [
      "A.placement = 'pre' and B.step >= 50 and C.loss < 1",
      [false, 'B.step is 40, which is not at least 50.'],
    ],
    ["C.loss < 1 or A.placement = 'pre'", [true, 'A.placement is ‘pre’, which is equal to ‘pre’.']],
    ["C.loss < 1 and A.placement = 'pre'", 'There is no lane C.'],
    ['B.loss@100 < 1', 'Lane B stands at step 40; it has not come to step 100.'],
    // Two numbers that look the same in three digits are told in as many as tell them apart.
    ['A.loss@40 < 3.2499', [false, 'A.loss@40 is 3.2500, which is not less than 3.2499.']],
  ])('%s: %s', (text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  test('an alarm that was not raised has no step', () => {
    expect(number('A.alarm')).toBeNaN();
  });

  test('every number that is read is told once, of its own layer and step', () => {
    const { readings } = measure(
      read(
        'max(A.rms@resid_post[0..1]) + A.rms@resid_post[last]@0 + A.rms@resid_post[3]@0',
        'number',
      ),
      evidence,
    );
    expect(readings).toEqual([
      { reading: 'A.rms@resid_post[0]@100', value: 101 },
      { reading: 'A.rms@resid_post[1]@100', value: 202 },
      { reading: 'A.rms@resid_post[3]@0', value: 8 },
    ]);
    for (const { reading, value } of readings) expect(number(reading)).toBe(value);
  });

  test('a curve has a value for each layer', () => {
    const quantity = readTyped('rms@resid_post')!;
    expect(measureCurve({ lane: 'a', quantity, step: 0 }, evidence)).toMatchObject({
      value: [1, 2, 4, 8],
    });
    expect(measureCurve({ lane: 'b', quantity, step: 50 }, evidence)).toMatchObject({
      missing: 'Lane B stands at step 40; it has not come to step 50.',
    });
  });
});
