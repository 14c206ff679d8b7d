import { describe, expect, it } from 'vitest';
import { stream } from '../../src/lib/random';
import { shapeOf, type Shape } from '../../src/views/panels/events';
import {
  gradientSentence,
  levelSentence,
  magnitudeSentence,
  type Told,
} from '../../src/views/panels/sentences';

const L = (count: number, f: (layer: number) => number) =>
  Array.from({ length: count }, (_, l) => f(l));
const told = (values: number[], embed?: number, name = 'A', step = 12): Told => ({
  name,
  step,
  points: [
    ...(embed === undefined ? [] : [{ x: -1, y: embed }]),
    ...values.map((y, x) => ({ x, y })),
  ],
});

/** Every kind of curve, with what a teacher says of it as a magnitude; of some as a gradient and as a level, too. */
const ZOO: Record<
  string,
  { values: number[]; embed?: number; say: string; gradient?: string; level?: string }
> = {
  'geometric growth': {
    values: L(12, (l) => 1.4 * 1.3 ** l),
    embed: 1.41,
    say: 'grows 18-fold from layer 0 to 11',
  },
  'growth as the root of depth': {
    values: L(96, (l) => Math.sqrt(l + 1)),
    embed: 1,
    say: 'grows 9.8-fold from layer 0 to 95',
  },
  'a level': { values: L(12, () => 1), embed: 1.41, say: 'stays at 1.00 from layer 0 to 11' },
  'a bell': {
    values: L(13, (l) => 1 + 4 * Math.exp(-(((l - 6) / 2) ** 2))),
    say: 'begins and ends at 1.00, with 5.00 at layer 6',
    gradient: 'the gradient at layer 0 is the same as that at layer 12, with its most at layer 6',
    level: 'rises from 1.00 at layer 0 to 5.00 at layer 6, then falls to 1.00 at layer 12',
  },
  'a peak': {
    values: L(12, (l) => (l < 5 ? 1.4 ** l : 3.84 * 0.8 ** (l - 4))),
    say: 'grows 3.8-fold from layer 0 to 4, then falls 4.8-fold to layer 11',
  },
  'a dip': {
    values: L(12, (l) => (l < 6 ? 0.7 ** l : 0.168 * 1.5 ** (l - 5))),
    say: 'falls 5.9-fold from layer 0 to 5, then grows 11-fold to layer 11',
  },
  'a jump up': {
    values: L(12, (l) => (l < 6 ? 1 : 3)),
    say: 'jumps 3.0-fold to 3.00 at layer 6',
    gradient:
      'the gradient at layer 0 is 0.33 times that at layer 11, with a 3.0-fold rise from layer 5 to 6',
    level: 'jumps from 1.00 at layer 5 to 3.00 at layer 6',
  },
  'a jump down': {
    values: L(12, (l) => (l < 6 ? 3 : 1)),
    say: 'drops 3.0-fold to 1.00 at layer 6',
  },
  'a collapse after growth': {
    values: L(48, (l) => (l < 40 ? Math.sqrt(1 + l * 0.9) : 1)),
    embed: 1.41,
    say: 'grows 6.0-fold from layer 0 to 39, then drops 6.0-fold to 1.00 at layer 40',
    gradient:
      'the gradient at layer 0 is the same as that at layer 47, with a 6.0-fold fall from layer 39 to 40',
    level: 'rises from 1.00 at layer 0 to 6.01 at layer 39, then drops to 1.00 at layer 40',
  },
  'a collapse over two layers': {
    values: L(48, (l) => (l < 40 ? Math.sqrt(1 + l * 0.9) : l === 40 ? 2.4 : 1)),
    say: 'grows 6.0-fold from layer 0 to 39, then drops 6.0-fold to 1.00 from layer 39 to 41',
  },
  'a collapse at the end': {
    values: L(12, (l) => (l < 11 ? 1 + l / 4 : 0.1)),
    say: 'grows 3.5-fold from layer 0 to 10, then drops 35-fold to 0.100 at layer 11',
  },
  'a blow-up in the first layer': {
    values: L(12, (l) => 1e5 * 1.075 ** l),
    embed: 2,
    say: 'jumps 50,000-fold to 1.00×10⁵ at layer 0, then grows 2.2-fold to layer 11',
    gradient:
      'the gradient at layer 0 is 0.45 times that at layer 11, with a 50,000-fold rise from the embedding to layer 0',
  },
  'a fall in the first layer': {
    values: L(12, () => 1),
    embed: 3,
    say: 'drops 3.0-fold to 1.00 at layer 0 and stays there',
  },
  'two layers after a blow-up': {
    values: [1e5, 2e5],
    embed: 2,
    say: 'jumps 50,000-fold to 1.00×10⁵ at layer 0, then grows 2.0-fold to layer 1',
  },
  'growth to a plateau': {
    values: L(12, (l) => Math.min(8, 2 ** l)),
    say: 'grows 8.0-fold from layer 0 to 3, then stays at 8.00',
  },
  'growth after a plateau': {
    values: L(12, (l) => Math.max(1, 1.5 ** (l - 6))),
    say: 'grows 7.6-fold from layer 6 to 11',
  },
  'a jump in growth': {
    values: L(24, (l) => 1.06 ** l * (l >= 12 ? 3 : 1)),
    say: 'grows 1.9-fold from layer 0 to 11, then jumps 3.2-fold to 6.04 at layer 12, then grows 1.9-fold to layer 23',
  },
  'there and back in jumps': {
    values: L(24, (l) => (l < 8 ? 1 : l < 16 ? 4 : 1.5)),
    say: 'jumps 4.0-fold to 4.00 at layer 8, then drops 2.7-fold to 1.50 at layer 16',
  },
  'a sawtooth': {
    values: L(12, (l) => (l % 2 ? 2 : 1)),
    say: 'swings between 1.00 (layer 0) and 2.00 (layer 1)',
    gradient:
      'the gradient at layer 0 is 0.50 times that at layer 11, with swings from 1.00 to 2.00',
    level: 'swings between 1.00 (layer 0) and 2.00 (layer 1)',
  },
  'growth in a zigzag': {
    values: L(24, (l) => 1.2 ** l * (l % 2 ? 1.8 : 1)),
    say: 'grows 119-fold from layer 0 to 23, up and down',
  },
  'one layer apart': {
    values: L(12, (l) => (l === 3 ? 5 : 1)),
    say: 'stays at 1.00 but for 5.00 at layer 3',
    gradient: 'the gradient at layer 0 is the same as that at layer 11, but 5.00 at layer 3',
    level: 'stays at 1.00 but for 5.00 at layer 3',
  },
  'two layers apart': {
    values: L(12, (l) => (l === 3 || l === 8 ? 50 : 1)),
    say: 'stays at 1.00 but for 50.0 at layers 3 and 8',
    gradient: 'the gradient at layer 0 is the same as that at layer 11, but 50.0 at layers 3 and 8',
    level: 'stays at 1.00 but for 50.0 at layers 3 and 8',
  },
  'layers apart, each at its own value': {
    values: L(24, (l) => ({ 4: 50, 12: 20, 18: 5 })[l] ?? 1),
    say: 'stays at 1.00 but for 50.0, 20.0 and 5.00 at layers 4, 12 and 18',
  },
  'a layer apart after a blow-up': {
    values: L(12, (l) => (l === 5 ? 1 : 300)),
    embed: 2,
    say: 'jumps 150-fold to 300 at layer 0, then stays at 300 but for 1.00 at layer 5',
  },
  'growth but for a dip': {
    values: L(24, (l) => (l === 12 ? 0.314 : 9 ** (l / 23))),
    say: 'grows 9.0-fold from layer 0 to 23 but for 0.314 at layer 12',
    gradient: 'the gradient at layer 0 is 1/9 of that at layer 23, but 0.314 at layer 12',
  },
  'growth but for a spike': {
    values: L(24, (l) => (l === 12 ? 60 : 9 ** (l / 23))),
    say: 'grows 9.0-fold from layer 0 to 23 but for 60.0 at layer 12',
    level: 'rises from 1.00 at layer 0 to 9.00 at layer 23 but for 60.0 at layer 12',
  },
  'two collapses in few layers': {
    values: [2.4, 1, 2.5, 1, 2.6, 3.3],
    say: 'grows 1.4-fold from layer 0 to 5 but for 1.00 at layers 1 and 3',
  },
  'two collapses in few layers, of growth': {
    values: [1.6, 1, 2.4, 1, 2.7, 3.5],
    say: 'grows 2.2-fold from layer 0 to 5 but for 1.00 at layers 1 and 3',
  },
  'two collapses in few layers, with little between': {
    values: [1.6, 1, 1.22, 1, 1.36, 1.7],
    say: 'falls 1.6-fold to 1.00 at layers 1 and 3, then grows 1.7-fold to layer 5',
  },
  'two collapses in few layers, the second a little lower': {
    values: [1.6, 1, 1.22, 0.999, 1.36, 1.7],
    say: 'falls 1.6-fold to 1.00 at layers 1 and 3, then grows 1.7-fold to layer 5',
  },
  'two collapses far apart': {
    values: L(48, (l) => Math.sqrt(1 + 1.16 * (l % 15))).map((y, l) =>
      l < 45 ? y : 4.16 + l / 50,
    ),
    embed: 1.41,
    say: 'grows 4.2-fold from layer 0 to 14, then drops to 1.00 at layers 15 and 30',
    gradient:
      'the gradient at layer 0 is 1/5 of that at layer 47, with falls to 1.00 at layers 15 and 30',
    level: 'rises from 1.00 at layer 0 to 4.15 at layer 14, then drops to 1.00 at layers 15 and 30',
  },
  stairs: {
    values: L(48, (l) => 10 ** Math.floor(l / 8)),
    say: 'grows 1.0×10⁵-fold from layer 0 to 47 in 5 jumps, the first at layer 8',
    gradient:
      'the gradient at layer 0 is 1.0×10⁻⁵ of that at layer 47, in 5 jumps, the first at layer 8',
  },
  'stairs down': {
    values: L(24, (l) => 2 ** -Math.floor(l / 3)),
    say: 'falls 128-fold from layer 0 to 23 in 7 jumps, the first at layer 3',
  },
  'waves of a few layers': {
    values: L(24, (l) => 3 ** Math.sin((Math.PI * l) / 3)),
    say: 'swings between 0.386 (layer 23) and 2.59 (layer 8)',
  },
  'a short sawtooth': {
    values: L(6, (l) => (l % 2 ? 2 : 1)),
    say: 'swings between 1.00 (layer 0) and 2.00 (layer 1)',
  },
  'zeros from a layer': {
    values: L(12, (l) => (l < 7 ? 1 + l / 5 : 0)),
    say: 'is 0 from layer 7, elsewhere 1.00 to 2.20',
    gradient: 'the gradient is 0 from layer 7, elsewhere 1.00 to 2.20',
  },
  'zeros here and there': {
    values: L(12, (l) => (l % 2 ? 0 : 2)),
    say: 'is 0 at 6 of 12 layers, elsewhere 2.00',
  },
  'a sign that changes': {
    values: L(12, (l) => l / 11 - 0.4),
    level: 'rises from −0.400 at layer 0 to 0.600 at layer 11',
    say: '',
  },
  'two gaps': {
    values: L(12, (l) => (l === 5 || l === 8 ? NaN : 2)),
    say: ': not finite at layer 5 and at layer 8 at step 12',
  },
  'many gaps': {
    values: L(12, (l) => (l % 3 ? 2 : NaN)),
    say: ': not finite at 4 of 12 layers at step 12',
  },
};

/** Kind and places of a shape, without its values. */
const outline = (shape: Shape): string => {
  const first = [...(shape.first ? ['first '] : []), ...shape.apart.map(({ x }) => `${x} `)].join(
    '',
  );
  if (shape.kind !== 'moves') return first + shape.kind;
  const moves = shape.moves.map(({ from, to, isJump }) => {
    const way = to.y > from.y ? 'up' : 'down';
    return isJump ? `${way} ${from.x}–${to.x}` : way;
  });
  return `${first}${moves.join(', ')}`;
};

/** The curve of a random walk in its logarithm, with jumps now and then. */
function randomCurve(seed: number): number[] {
  const random = stream(seed, 'curve');
  const count = 1 + random.integer(64);
  const drift = (random.uniform() - 0.5) / 5;
  let u = 0;
  return L(count, () => {
    if (random.uniform() < 0.05) u += 6 * (random.uniform() - 0.5);
    return Math.exp((u += drift + 0.1 * (random.uniform() - 0.5)));
  });
}

describe('the shape of a curve in words', () => {
  it.each(Object.entries(ZOO))('finds %s', (_, { values, embed, say, gradient, level }) => {
    const curve = told(values, embed);
    if (say)
      expect(magnitudeSentence([curve], 'RMS')).toBe(`A${say.startsWith(':') ? '' : ' '}${say}.`);
    if (gradient) expect(gradientSentence([curve], 'g', 'the gradient')).toBe(`A: ${gradient}.`);
    if (level) expect(levelSentence([curve], 's', 'level')).toBe(`Level of A ${level}.`);
  });

  it('is the same whatever the size of the curve, and under the jitter of training', () => {
    for (const [name, { values, embed }] of Object.entries(ZOO)) {
      if (!values.every((y) => y > 0)) continue;
      const { points } = told(values, embed);
      for (const measure of ['ratio', 'difference'] as const) {
        const shape = outline(shapeOf(points, measure));
        const larger = points.map(({ x, y }) => ({ x, y: 7.3 * y }));
        expect(outline(shapeOf(larger, measure)), name).toBe(shape);
      }
      const shape = outline(shapeOf(points, 'ratio'));
      for (let seed = 0; seed < 20; seed++) {
        const random = stream(seed, name);
        const noisy = points.map(({ x, y }) => ({
          x,
          y: y * Math.exp(0.03 * (2 * random.uniform() - 1)),
        }));
        expect(outline(shapeOf(noisy, 'ratio')), `${name} ${seed}`).toBe(shape);
      }
    }
  });

  it('calls noise around a level a level', () => {
    for (let seed = 0; seed < 50; seed++) {
      const random = stream(seed, 'noise');
      const noise = L(4 + random.integer(92), () => 2 * Math.exp(0.03 * random.normal()));
      expect(magnitudeSentence([told(noise)], 'RMS')).toMatch(/^A stays (at|around) /);
    }
  });

  it('is short, names the largest step, and tells no growth where there is none', () => {
    for (let seed = 0; seed < 300; seed++) {
      const values = randomCurve(seed);
      const text = magnitudeSentence([told(values)], 'RMS');
      expect(text.length, text).toBeLessThanOrEqual(140);
      const many = magnitudeSentence(
        ['A', 'B', 'C', 'D'].map((name) => told(values, undefined, name)),
        'RMS',
      );
      for (const clause of many.split('; ')) expect(clause.length, clause).toBeLessThanOrEqual(90);
      if (Math.abs(Math.log(values.at(-1)! / values[0]!)) < 0.02) {
        expect(text).not.toMatch(/^A (grows|falls) [^,]*$/);
      }
      const plain = /^A (grows|falls) ([\d.,]+)-fold from layer 0 to \d+\.$/.exec(text);
      if (plain) expect(plain[1]).toBe(values.at(-1)! > values[0]! ? 'grows' : 'falls');
    }
    for (let seed = 0; seed < 100; seed++) {
      const random = stream(seed, 'planted');
      const count = 6 + random.integer(58);
      const at = 1 + random.integer(count - 1);
      const factor = Math.exp((random.uniform() < 0.5 ? -1 : 1) * (1 + 8 * random.uniform()));
      const values = L(
        count,
        (l) => 1.03 ** l * (l < at ? 1 : factor) * Math.exp(0.02 * random.uniform()),
      );
      for (const text of [
        magnitudeSentence([told(values)], 'RMS'),
        gradientSentence([told(values)], 'g', 'the gradient'),
      ]) {
        expect(text).toMatch(new RegExp(`(at|to|from) (layer )?${at}[ .,]|to ${at}[.,]`));
      }
    }
  });

  it('tells as many jumps of each of four lanes as of one, but their values alone', () => {
    const lanes = (values: number[]) =>
      ['A', 'B', 'C', 'D'].map((name) => told(values, undefined, name));
    expect(magnitudeSentence(lanes(L(32, (l) => [1, 4, 1, 4][l >> 3]!)), 'RMS')).toMatch(
      /^A jumps to 4.00, 1.00 and 4.00 at layers 8, 16 and 24; /,
    );
    expect(magnitudeSentence(lanes(ZOO['two collapses far apart']!.values), 'RMS')).toMatch(
      /^A drops to 1.00 at layers 15 and 30; /,
    );
  });

  it('quotes the step of each lane where they are not the same', () => {
    const lanes = [
      told(
        L(6, () => 1),
        undefined,
        'pre-LN',
        300,
      ),
      told(
        L(6, (l) => (l < 3 ? 1 : NaN)),
        undefined,
        'no norm',
        12,
      ),
    ];
    expect(magnitudeSentence(lanes, 'RMS')).toBe(
      'Pre-LN (step 300) stays at 1.00 from layer 0 to 5; no norm: not finite from layer 3 at step 12.',
    );
  });
});
