import { describe, expect, it } from 'vitest';
import {
  gradientSentence,
  levelSentence,
  magnitudeSentence,
  NOTHING_YET,
  type Told,
} from '../../src/views/panels/sentences';
import { lossSentence } from '../../src/views/panels/lossSentence';
import { seriesOf } from '../support/series';

/** A lane whose layers hold these values; the embedding's, if given, stands before them. */
const lane = (name: string, values: number[], embed?: number): Told => ({
  name,
  step: 12,
  points: [
    ...(embed === undefined ? [] : [{ x: -1, y: embed }]),
    ...values.map((y, x) => ({ x, y })),
  ],
});
/** From one value to another in twelve equal ratios or steps. */
const geometric = (a: number, b: number) =>
  Array.from({ length: 12 }, (_, i) => a * (b / a) ** (i / 11));
const straight = (a: number, b: number) =>
  Array.from({ length: 12 }, (_, i) => a + ((b - a) * i) / 11);

const broken = [...geometric(1.4, 64).slice(0, 7), ...Array<number>(5).fill(NaN)];

describe('magnitude', () => {
  const say = (...lanes: Told[]) => magnitudeSentence(lanes, 'RMS at resid_post');

  it('tells growth in multiples and what stays put', () => {
    expect(
      say(lane('pre-LN', geometric(1.4, 3.3), 1.41), lane('post-LN', geometric(1, 1), 1.41)),
    ).toBe('Pre-LN grows 2.4-fold from layer 0 to 11; post-LN stays at 1.00.');
  });
  it('names the layers again where they differ', () => {
    expect(say(lane('A', geometric(1, 2)), lane('B', [1, 2, 3]))).toBe(
      'A grows 2.0-fold from layer 0 to 11; B grows 3.0-fold from layer 0 to 2.',
    );
  });
  it('tells large ratios and falls', () => {
    expect(say(lane('no norm', geometric(1.4, 818)))).toBe(
      'No norm grows 584-fold from layer 0 to 11.',
    );
    expect(say(lane('A', geometric(1, 3e7)))).toBe('A grows 3.0×10⁷-fold from layer 0 to 11.');
    expect(say(lane('A', geometric(14, 1)))).toBe('A falls 14-fold from layer 0 to 11.');
    expect(say(lane('A', geometric(1, 0.59)))).toBe('A falls 1.7-fold from layer 0 to 11.');
  });
  it('tells a divergence with its layer and step', () => {
    expect(say(lane('no norm', broken))).toBe('No norm: not finite from layer 7 at step 12.');
    expect(say(lane('A', [NaN, NaN, 1]))).toBe('A: not finite up to layer 1 at step 12.');
    expect(say(lane('A', [NaN, NaN]))).toBe('A: not finite at every layer at step 12.');
  });
  it('tells a hump that ends where it began', () => {
    expect(say(lane('A', [2, 5, 2.01]))).toBe('A begins and ends at 2.01, with 5.00 at layer 1.');
  });
  it('tells the jump from the embedding, even to the only layer', () => {
    expect(say(lane('no norm', [7.28e7], 1))).toBe(
      'No norm jumps 7.3×10⁷-fold to 7.28×10⁷ at layer 0.',
    );
    expect(say(lane('A', [0.1], 1))).toBe('A drops 10-fold to 0.100 at layer 0.');
  });
  it('copes with one layer, with zeros and with nothing', () => {
    expect(say(lane('A', [3.27]))).toBe('A: 3.27 at layer 0.');
    expect(say(lane('A', [3.27], 2))).toBe('A: 3.27 at layer 0.');
    expect(say(lane('A', [0], 1))).toBe('A: 0 at layer 0.');
    expect(say(lane('A', [0, 2]))).toBe('A goes from 0 to 2.00 from layer 0 to 1.');
    expect(say(lane('A', []))).toBe('A has no RMS at resid_post.');
    expect(say()).toBe(NOTHING_YET);
  });
});

describe('gradient', () => {
  const say = (...lanes: Told[]) => gradientSentence(lanes, 'gradient', 'the gradient');

  it('compares the first layer with the last', () => {
    expect(say(lane('post-LN', geometric(1, 14)), lane('pre-LN', geometric(2.6, 1)))).toBe(
      'Post-LN: the gradient at layer 0 is 1/14 of that at layer 11; pre-LN: 2.6 times.',
    );
  });
  it('tells where it dips below both ends', () => {
    expect(say(lane('post-LN', [5.8e-4, 2.1e-4, 3e-4, 9.8e-4]))).toBe(
      'Post-LN: the gradient at layer 0 is 0.59 times that at layer 3, with its least at layer 1.',
    );
  });
  it('leaves out what is compared only after it was said', () => {
    expect(say(lane('fp16', [0, 0, 0]), lane('bf16', [1, 1.5, 1]), lane('fp32', [2, 1, 1]))).toBe(
      'Fp16: the gradient is 0 at every layer; bf16: the gradient at layer 0 is the same as that at layer 2; fp32: 2.0 times.',
    );
  });
  it('says what is equal, vanishes or explodes', () => {
    expect(say(lane('A', [1, 1.5, 1]), lane('B', [1, 1.5, 1]))).toBe(
      'A: the gradient at layer 0 is the same as that at layer 2; B: the same.',
    );
    expect(say(lane('no norm', geometric(941, 1e-3)))).toBe(
      'No norm: the gradient at layer 0 is 9.4×10⁵ times that at layer 11.',
    );
    expect(say(lane('A', geometric(1e-8, 1)))).toBe(
      'A: the gradient at layer 0 is 1.0×10⁻⁸ of that at layer 11.',
    );
    expect(say(lane('A', [0, 0]))).toBe('A: the gradient is 0 at every layer.');
    expect(say(lane('A', [0, 1]))).toBe('A: the gradient is 0 at layer 0 and 1.00 at layer 1.');
  });
  it('calls the same what reads as 1.0 times', () => {
    expect(say(lane('A', [1.04, 1, 1, 1, 1, 1]), lane('B', [1.04, 1]))).toBe(
      'A: the gradient at layer 0 is the same as that at layer 5; B: the same.',
    );
  });
  it.each([
    [8, 'an 8.0-fold'],
    [11, 'an 11-fold'],
    [18, 'an 18-fold'],
    [11000, 'an 11,000-fold'],
    [8.9e5, 'an 8.9×10⁵-fold'],
    [9, 'a 9.0-fold'],
    [12, 'a 12-fold'],
    [110, 'a 110-fold'],
    [1810, 'a 1810-fold'],
  ])('has the article of %d as it is spoken', (factor, text) => {
    const jump = Array.from({ length: 12 }, (_, l) => (l < 6 ? 1 : factor));
    expect(say(lane('A', jump))).toContain(`with ${text} rise from layer 5 to 6.`);
    expect(say(lane('A', [factor], 1))).toContain('rise from the embedding to layer 0.');
  });
  it('says which lane has not what is asked for', () => {
    expect(
      gradientSentence([lane('no norm', [])], 'attn.norm.gain', 'the gradient of attn.norm.gain'),
    ).toBe('No norm has no attn.norm.gain.');
  });
});

describe('levels', () => {
  const say = (...lanes: Told[]) => levelSentence(lanes, 'entropy', 'entropy');

  it('tells both ends', () => {
    expect(say(lane('pre-LN', straight(0.85, 0.93)), lane('post-LN', straight(0.6, 0.999)))).toBe(
      'Entropy of pre-LN rises from 0.850 at layer 0 to 0.930 at layer 11; post-LN: 0.600 to 0.999.',
    );
  });
  it('tells what falls, stays and breaks', () => {
    expect(say(lane('no norm', straight(0.6, 1e-13)), lane('A', straight(0.5, 0.505)))).toBe(
      'Entropy of no norm falls from 0.600 at layer 0 to 1.00×10⁻¹³ at layer 11; A: stays at 0.505.',
    );
    expect(say(lane('A', broken), lane('B', straight(0.1, 0.2)))).toBe(
      'A: not finite from layer 7 at step 12; entropy of B rises from 0.100 at layer 0 to 0.200 at layer 11.',
    );
  });
});

describe('loss', () => {
  const unigram = { name: 'unigram entropy', value: 3.17 };
  const flat = (loss: number, steps = 129) => Array<number>(steps).fill(loss);
  const lane = (name: string, losses: number[], level: typeof unigram | null = unigram) => ({
    name,
    series: seriesOf(losses),
    level,
  });

  it('sets the present loss against its level', () => {
    expect(
      lossSentence(
        [lane('pre-LN', flat(2.57)), lane('post-LN', flat(3.18)), lane('A', flat(4), null)],
        'linear',
      ),
    ).toBe(
      'Step 128, mean of 10 steps: pre-LN 2.57, 0.60 below the unigram entropy; post-LN 3.18, at the unigram entropy; A 4.00.',
    );
  });
  it('says since when a loss is not finite', () => {
    expect(lossSentence([lane('no norm', [...flat(3, 12), NaN, NaN])], 'log')).toBe(
      'Step 13: no norm not finite since step 12.',
    );
  });
  it('quotes the mean on show, which ends with the step that is named', () => {
    const jump = lane('A', [...flat(1, 120), 100, 100], null);
    expect(lossSentence([jump], 'linear')).toBe('Step 121, mean of 10 steps: A 20.8.');
    expect(lossSentence([jump], 'log')).toBe('Step 121, geometric mean of 10 steps: A 2.51.');
    expect(lossSentence([lane('A', [4, 3, 2], null)], 'linear')).toBe('Step 2: A 2.00.');
    // A geometric mean needs numbers above 0.
    const below = lane('A', [...flat(-1, 120), 3], null);
    expect(lossSentence([below], 'log')).toContain('mean of 10 steps: A −0.600');
  });
  it('quotes the own step of a lane that stopped before the others', () => {
    expect(lossSentence([lane('A', flat(2), null), lane('B', flat(3, 20), null)], 'linear')).toBe(
      'Step 128, mean of 10 steps: A 2.00; B (step 19) 3.00.',
    );
  });
  it('waits for a first step', () => {
    expect(lossSentence([lane('A', [])], 'linear')).toBe(NOTHING_YET);
  });
});
