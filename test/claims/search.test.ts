import { describe, expect, test } from 'vitest';
import { CLAIMS } from '../../src/claims';
import type { Claim } from '../../src/claims/claim';
import { linkTo } from '../../src/claims/links';
import { claimsFor } from '../../src/claims/search';

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
const found = (query: string, kind: Parameters<typeof claimsFor>[1] = null) =>
  claimsFor(query, kind, [MIX, SCALE]).map(({ id }) => id);

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
  ])('by “%s”', (query, ids) => {
    expect(found(query)).toEqual(ids);
  });

  test('by a phenomenon, and words besides', () => {
    expect(found('', 'training')).toEqual(['scale']);
    expect(found('mix', 'training')).toEqual([]);
  });

  test('each by its own title', () => {
    for (const { id, title } of CLAIMS) {
      expect(claimsFor(title).map((one) => one.id)).toContain(id);
    }
  });
});
