import { describe, expect, test } from 'vitest';
import { difference } from '../../src/config/check';
import { DEFAULTS } from '../../src/config/fields';
import type { Quantity } from '../../src/config/quantity';
import { decodeLink, encodeLink } from '../../src/runs/link';
import { DEFAULT_VIEW, OFFERS, type QuantityPanel, type View } from '../../src/runs/view';
import corpus from './oldLinks.json';

/**
 * Links as they were before quantities had one type, each with its meaning as it was then: of, statistic,
 * place, mean or each. `views` are all that the panels accepted, `wrong` ones have the message they got.
 */
type Meaning = string[] | string;

const isQuantity = (key: string): key is QuantityPanel => Object.hasOwn(OFFERS, key);
const meant = ({ of, statistic, place, each }: Quantity) => [
  of,
  statistic,
  place,
  each ? 'each' : 'mean',
];
const opened = (open: boolean | null) => (open === null ? 'auto' : open ? 'open' : 'closed');

function meaningOf(view: View, key: string): Meaning {
  if (isQuantity(key)) return meant(view[key]);
  if (key === 'discrepancy') return view.discrepancy;
  return opened(view[key as 'evaluation' | 'costs'].open);
}

const KEYS = Object.keys(corpus.opens);
/** What a view shows otherwise than the page as it opens. */
const changes = (view: View) =>
  Object.fromEntries(
    KEYS.map((key) => [key, meaningOf(view, key)] as const).filter(
      ([key, meaning]) => String(meaning) !== String(corpus.opens[key as 'magnitude']),
    ),
  );

describe('a link of old', () => {
  test('opens the page as it was', () => {
    expect(Object.fromEntries(KEYS.map((key) => [key, meaningOf(DEFAULT_VIEW, key)]))).toEqual(
      corpus.opens,
    );
  });

  test.each(Object.entries(corpus.views as Record<string, Meaning>))(
    'shows %s',
    (text, meaning) => {
      const key = text.replace(/=.*$/, '');
      const { view, problems, configs } = decodeLink(`v=1&view.${text}`);
      expect(problems).toEqual([]);
      expect(meaningOf(view, key)).toEqual(meaning);
      expect({ ...view, [key]: DEFAULT_VIEW[key as keyof View] }).toEqual(DEFAULT_VIEW);
      expect(decodeLink(encodeLink({ configs, view }))).toEqual({ configs, view, problems: [] });
    },
  );

  test.each(corpus.pages.map((page) => [page.link, page] as const))(
    'restores “%s”',
    (link, page) => {
      const { configs, view, problems } = decodeLink(link);
      expect(configs.map((config) => difference(DEFAULTS, config))).toEqual(page.lanes);
      expect(changes(view)).toEqual(page.view);
      expect(problems.map(({ lane, key }) => `${lane} ${key}`)).toEqual(page.problems);
      expect(decodeLink(encodeLink({ configs, view }))).toEqual({ configs, view, problems: [] });
    },
  );

  test.each(Object.entries(corpus.wrong))('%s is still wrong', (link, message) => {
    const { view, problems } = decodeLink(`v=1&${link}`);
    expect(problems).toHaveLength(1);
    // The lists of what is allowed have grown, and a long one is a guess now.
    const claim = (text: string) =>
      text.replace(/ (Known are|Did you mean).*$/, '').replace(/(it must be).*$/, '$1');
    expect(claim(problems[0]!.message)).toBe(claim(message));
    expect(view).toEqual(DEFAULT_VIEW);
  });
});
