import type { Choice } from '../choice';
import { CHOICES, type ChoiceKey } from '../choices';
import { FIELDS } from '../fields';
import { BLOCK_SITES, STACK_SITES } from '../sites';
import { STATISTIC_NOTES } from '../statisticNotes';
import { STATISTICS } from '../statistics';
import { MODEL } from './words/model';
import { NUMBERS } from './words/numbers';
import { PAGE } from './words/page';
import { SIGNAL } from './words/signal';
import { TRAINING } from './words/training';
import type { Word } from './words/word';

/** Kinds of entries, in the order in which the glossary has them. */
export const KINDS = {
  word: 'words',
  statistic: 'statistics',
  setting: 'settings',
  choice: 'choices',
  site: 'sites',
} as const;
export type Kind = keyof typeof KINDS;

/** A term with what the page says of it. */
export interface Entry extends Pick<Choice, 'formula' | 'note' | 'source'> {
  /** Names it in a link: `unigram-entropy`, `statistic.rms`, `norm.rmsnorm`. */
  id: string;
  kind: Kind;
  title: string;
  /** The name in links and files. */
  code?: string;
  /** Of a choice, the setting that it belongs to. */
  of?: string;
  /** Further names, beside title and code. */
  also: readonly string[];
  /** None of its names is marked in sentences; of others those are that stand out from everyday English. */
  isPlain?: true;
}

/** Names that the page has for entries of registries, beside label and key. */
const FORMS: Record<string, readonly string[]> = {
  'statistic.rms': ['root mean square'],
  'statistic.token_cosine': ['alignment of tokens', 'aligned tokens', 'tokens align'],
  'statistic.entropy': ['attention entropy', 'entropy of attention'],
  'statistic.sink': ['share of the first token'],
  'statistic.ece': ['expected calibration error', 'ECE'],
  'placement.pre': ['pre-norm'],
  'placement.post': ['post-norm'],
  'setting.norm_eps': ['ε'],
  'setting.token_correlation': ['ρ₀', 'ρ0'],
  'site.logits': ['scores of the vocabulary'],
  'setting.interventions': ['intervention'],
};

type About = Pick<Choice, 'label' | 'formula' | 'note' | 'source'>;

const explained = (
  kind: Kind,
  id: string,
  code: string,
  { label, note, formula, source }: About,
  of?: string,
): Entry => ({
  ...{ id, kind, code, note, title: label, also: FORMS[id] ?? [] },
  ...(of && { of }),
  ...(formula && { formula }),
  ...(source && { source }),
});

const entriesOf = <Value>(of: Record<string, Value>) => Object.entries(of);

/** Words of the field and of the page that no registry has. */
export const WORDS: readonly (readonly [term: string, word: Word])[] = [
  MODEL,
  SIGNAL,
  TRAINING,
  NUMBERS,
  PAGE,
].flatMap(entriesOf);

/** The name of a word in a link. */
const slug = (term: string) => term.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-');

const sentence = (note: string) => `${note[0]!.toUpperCase()}${note.slice(1)}.`;

/** The glossary: the words, and all that the registries explain. Of two entries of one name the first is meant. */
export const ENTRIES: readonly Entry[] = [
  ...WORDS.map(([title, { also = [], ...word }]): Entry => ({
    ...{ id: slug(title), kind: 'word', title, also },
    ...word,
  })),
  ...Object.values(STATISTICS)
    .flatMap(entriesOf)
    .map(([code, { label }]) => {
      const notes = STATISTIC_NOTES[code as keyof typeof STATISTIC_NOTES];
      return explained('statistic', `statistic.${code}`, code, { label, ...notes });
    }),
  ...entriesOf(FIELDS).map(([key, field]) => explained('setting', `setting.${key}`, key, field)),
  ...entriesOf(CHOICES as Record<ChoiceKey, Record<string, Choice>>).flatMap(([key, choices]) =>
    entriesOf(choices).map(([code, choice]) =>
      explained('choice', `${key}.${code}`, code, choice, FIELDS[key as ChoiceKey].label),
    ),
  ),
  ...entriesOf({ ...BLOCK_SITES, ...STACK_SITES }).map(([code, { note }]) =>
    explained('site', `site.${code}`, code, { label: code, note: sentence(note) }),
  ),
];
