import { describe, expect, test } from 'vitest';
import { CLAIMS } from '../../src/claims';
import type { Claim } from '../../src/claims/claim';
import { linkTo } from '../../src/claims/links';
import type { Results } from '../../src/claims/results';
import { claimsFor, queryIn, queryText, type Query } from '../../src/claims/search';

const base = CLAIMS[0]!;
const claim = (part: Partial<Claim>): Claim => ({ ...base, ...part });
const paper = (authors: string, title: string) => ({
  authors,
  title,
  year: 2024,
  url: 'https://arxiv.org',
});

const MIX = claim({
  id: 'mix',
  title: 'Gradients of both ends are alike',
  source: paper('Li, Yin, Liu', 'Unleashing'),
  phenomena: ['gradient'],
  links: [linkTo({ lanes: [{ placement: 'pre', n_layers: 12, layer_overrides: '0-2:post' }] })],
  lanes: ['mixed'],
});
const SCALE = claim({
  id: 'scale',
  title: 'Tokens have one length',
  source: paper('Nguyễn, Salazar', 'Transformers without Tears'),
  phenomena: ['magnitude', 'training'],
  links: [linkTo({ lanes: [{ norm: 'scalenorm' }, { qk_norm: 'rmsnorm' }] })],
  lanes: ['one', 'other'],
});
const results = {
  mix: { verdict: 'direction only' },
  scale: { verdict: 'not at this size' },
} as unknown as Results;
const found = (words: string, chips: Partial<Query> = {}) =>
  claimsFor({ words, ...chips }, results, [MIX, SCALE]).map(({ id }) => id);

describe('claims are found', () => {
  test.each([
    ['', ['mix', 'scale']],
    ['li yin', ['mix']],
    ['YIN 2024', ['mix']],
    ['nguyen', ['scale']],
    ['  tears ', ['scale']],
    ['scalenorm', ['scale']],
    ['qk-norm', ['scale']],
    ['Mix-LN', ['mix']],
    ['post‑LN', ['mix']],
    ['Li: Mix-LN', ['mix']],
    ['“Mix-LN” yin', ['mix']],
    ['"ScaleNorm"', ['scale']],
    ['"Scale"', []],
    ['"one" "other"', ['scale']],
    ['size of the stream', ['scale']],
    ['yin scalenorm', []],
    ['not at this size', ['scale']],
    ['Direction only yin', ['mix']],
    ['reproduced', []],
  ])('by “%s”', (query, ids) => {
    expect(found(query)).toEqual(ids);
  });

  test('by a phenomenon, and words besides', () => {
    expect(found('', { phenomenon: 'training' })).toEqual(['scale']);
    expect(found('mix', { phenomenon: 'training' })).toEqual([]);
  });

  test('by an outcome, and a phenomenon besides', () => {
    expect(found('', { outcome: 'no' })).toEqual(['scale']);
    expect(found('', { outcome: 'no', phenomenon: 'gradient' })).toEqual([]);
  });

  test.each<[string, Query]>([
    ['open', { words: '' }],
    ['open:post-LN: a', { words: 'post-LN: a' }],
    ['open/gradient', { words: '', phenomenon: 'gradient' }],
    ['open/no', { words: '', outcome: 'no' }],
    ['open/gradient/no:a/b', { words: 'a/b', phenomenon: 'gradient', outcome: 'no' }],
  ])('as a link has it: %s', (text, query) => {
    expect(queryIn(text)).toEqual(query);
    expect(queryText(query)).toBe(text);
  });
  test('a chip of a link that is none is left out', () =>
    expect(queryText(queryIn('open/colour:a'))).toBe('open:a'));

  test('each by its own title', () => {
    for (const { id, title } of CLAIMS) {
      expect(claimsFor({ words: title }).map((one) => one.id)).toContain(id);
    }
  });
});
