import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLAIMS } from '../../src/claims';
import { PAPERS } from '../../src/claims/papers';
import { CHOICES } from '../../src/config/choices';
import { KEYS } from '../../src/config/fields';
import { ENTRIES, entryOf, explanationOf, NAMES, partsOf } from '../../src/config/glossary';
import { WORDS } from '../../src/config/glossary/entries';
import { BLOCK_SITES, STACK_SITES } from '../../src/config/sites';
import { STATISTIC_NOTES } from '../../src/config/statisticNotes';
import { RULES } from '../../src/runs/alarms/rules';
import { readView } from '../../src/runs/viewCodec';
import { ABOUT } from '../../src/views/inspector/about';
import { levelsOf, reference } from '../../src/views/panels/levels';
import { lossSentence } from '../../src/views/panels/lossSentence';
import { seriesOf } from '../support/series';

/** The terms of a text, as they stand there. */
const termsIn = (text: string) => partsOf(text).flatMap(({ text, entry }) => (entry ? [text] : []));
const marked = (text: string) =>
  partsOf(text)
    .map(({ text, entry }) => (entry ? `[${text}]` : text))
    .join('');

const formsOf = ([term, { also = [] }]: (typeof WORDS)[number]) => [term, ...also];

describe('the entries', () => {
  test('no name of a word is another one’s, nor one of a registry’s', () => {
    const registries = ENTRIES.filter(({ kind }) => kind !== 'word');
    const names = [
      ...WORDS.flatMap(formsOf),
      ...new Set(registries.flatMap(({ title, also }) => [title, ...also])),
    ].map((name) => name.toLowerCase());
    const own = new Set(WORDS.flatMap(formsOf).map((name) => name.toLowerCase()));
    expect(names.filter((name, i) => names.indexOf(name) !== i && own.has(name))).toEqual([]);
    expect(own.size).toBeGreaterThan(100);
  });

  test('every statistic, setting, choice and site is one, with its note', () => {
    const ids = [
      ...Object.keys(STATISTIC_NOTES).map((id) => `statistic.${id}`),
      ...KEYS.map((key) => `setting.${key}`),
      ...Object.entries(CHOICES).flatMap(([key, all]) =>
        Object.keys(all).map((id) => `${key}.${id}`),
      ),
      ...Object.keys({ ...BLOCK_SITES, ...STACK_SITES }).map((id) => `site.${id}`),
    ];
    expect(ids.filter((id) => !entryOf(id)?.note)).toEqual([]);
    expect(ENTRIES.length).toBe(ids.length + WORDS.length);
  });

  test('a link names each', () => {
    expect(new Set(ENTRIES.map(({ id }) => id)).size).toBe(ENTRIES.length);
    for (const { id } of ENTRIES) {
      const { view, problems } = readView([['view.words', id]]);
      expect([view.words, problems]).toEqual([id, []]);
    }
  });

  test('notes are sentences', () => {
    for (const { title, note } of ENTRIES)
      expect(note, title).toMatch(/^[\p{Lu}\d‘“α1+√].*[.)]$/su);
  });

  test('a word’s source is a paper that is known here', () => {
    const known = [
      readFileSync(join(import.meta.dirname, '../../docs/science.md'), 'utf8'),
      readFileSync(join(import.meta.dirname, '../../docs/theory.md'), 'utf8'),
      readFileSync(join(import.meta.dirname, '../../docs/performance.md'), 'utf8'),
      ...Object.values(PAPERS).map(({ authors, year }) => `${authors} ${year}`),
      ...ENTRIES.flatMap(({ kind, source }) => (kind !== 'word' && source ? [source] : [])),
    ]
      .join('\n')
      .replace(/\s+/g, ' ');
    const cited = WORDS.flatMap(([, { source }]) => source?.split('; ') ?? []).map(
      (source) => /^.*? \d{4}/.exec(source)?.[0] ?? source,
    );
    expect(cited.filter((paper) => !known.includes(paper))).toEqual([]);
    expect(cited.length).toBeGreaterThan(20);
  });
});

describe('terms in a text', () => {
  test.each(
    WORDS.filter(([, { isPlain }]) => !isPlain).flatMap((word) =>
      formsOf(word).map((form) => [form, word[0]] as const),
    ),
  )('“%s” is found, and is %s', (form, term) => {
    const [found, ...others] = partsOf(`Here, ${form}, is it.`).filter(({ entry }) => entry);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ text: form, entry: { title: term } });
  });

  test('the plural, at the beginning and in the middle', () => {
    expect(termsIn('Unigram entropies of branches, and modalities.')).toEqual([
      'Unigram entropies',
      'branches',
      'modalities',
    ]);
  });

  test('the longest one, whole words alone, and each once', () => {
    expect(marked('The unigram entropy is no entropy; entropy is.')).toBe(
      'The [unigram entropy] is no [entropy]; entropy is.',
    );
    expect(termsIn('airplanes, lanelet, ρ_L and ρ')).toEqual(['ρ']);
    expect(termsIn('The lanes of a lane.')).toEqual(['lanes']);
    expect(termsIn('a residual sum, and ResiDual')).toEqual(['ResiDual']);
  });

  test('everyday words are no terms, though the glossary has them', () => {
    expect(
      termsIn('The mean of each step and layer, on or off, random text, both of none.'),
    ).toEqual([]);
    expect(explanationOf('step')?.note).toContain('updates');
    expect(explanationOf('Layers')?.code).toBe('n_layers');
  });

  test('what is known is not marked', () => {
    const text = 'The stream of each lane.';
    expect(partsOf(text, ['lanes', 'no such term'])).toMatchObject([
      { text: 'The ' },
      { text: 'stream' },
      { text: ' of each lane.' },
    ]);
  });

  test('nothing of a text is lost', () => {
    const texts = CLAIMS.flatMap(({ title, published, note }) => [title, published, note]);
    for (const text of texts)
      expect(
        partsOf(text)
          .map(({ text }) => text)
          .join(''),
      ).toBe(text);
  });

  test('what the page says of the loss', () => {
    const level = { unigram: 3.07, uniform: 4.36 };
    const told = [
      { name: 'pre-LN', series: seriesOf([4.9]), level: reference(level) },
      { name: 'post-LN', series: seriesOf([4.52]), level: reference({ ...level, floor: 1 }) },
    ];
    expect(termsIn(lossSentence(told, 'linear'))).toEqual([
      'pre-LN',
      'unigram entropy',
      'post-LN',
      'floor',
    ]);
    for (const told of [{ uniform: 1 }, { unigram: 1 }, { floor: 1 }]) {
      expect(explanationOf(reference(told)!.name)?.kind).toBe('word');
    }
    for (const { label } of levelsOf([{ uniform: 4, unigram: 3, floor: 2 }])) {
      expect(explanationOf(label)?.kind).toBe('word');
    }
  });

  test.each([
    [STATISTIC_NOTES.rms_first.note, ['Root mean square', 'massive activations', 'sinks']],
    [STATISTIC_NOTES.branch_ratio.note, ['branch', 'stream']],
    [STATISTIC_NOTES.mean_tid.note, ['Training-inference discrepancy', 'running mean']],
    [STATISTIC_NOTES.ece.note, ['Expected calibration error', 'counted tokens']],
    [RULES.collapse.note, ['head', 'largest score']],
    [RULES.no_update.note, ['learning rate', 'loss scale']],
    [ABOUT.stream.note, ['final stream', 'embedding', 'sublayer']],
    [ABOUT.effectiveRank.note, ['stream', 'channels', 'tokens align']],
    [
      'Over 8 seeds at step 0 they differ beyond chance at every layer.',
      ['seeds', 'beyond chance'],
    ],
    ['Gain farthest from 1 in pre-LN: forward 1.2 in layer 0.', ['pre-LN']],
    [
      'largest singular value 2, stable rank 3 of 16, condition number 9',
      ['largest singular value', 'stable rank', 'condition number'],
    ],
    ['Of width 32 at a rate of 0.03, in fp16 with an ε of 10⁻⁸.', ['fp16', 'ε']],
  ])('of “%s”', (text, terms) => {
    expect(termsIn(text)).toEqual(terms);
  });

  test('few of a sentence of the page’s definitions', () => {
    const notes = [STATISTIC_NOTES, RULES, ABOUT].flatMap((of) =>
      Object.values(of).map(({ note }) => note),
    );
    const most = Math.max(...notes.map((note) => termsIn(note).length));
    expect(most).toBeLessThanOrEqual(4);
  });
});

test('a term is looked up by any of its names', () => {
  for (const name of NAMES) expect(explanationOf(name), name).toBeDefined();
  expect(explanationOf('token_cosine')).toBe(explanationOf('Token  alignment'));
  expect(explanationOf('pony')).toBeUndefined();
});
