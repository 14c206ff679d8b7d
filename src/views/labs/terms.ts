import { CHOICES } from '../../config/choices';
import type { Choice } from '../../config/choice';
import { FIELDS } from '../../config/fields';
import { BLOCK_SITES, STACK_SITES } from '../../config/sites';
import { STATISTIC_NOTES, type StatisticNote } from '../../config/statisticNotes';
import { STATISTICS } from '../../config/statistics';
import type { ExplainProps } from '../ui/Explain';

type Named = Pick<Choice, 'label'> & Partial<StatisticNote>;

const entries = (of: object): [string, Named][] => Object.entries(of as Record<string, Named>);

const explained = ([code, { label, note, formula, source }]: [string, Named]): ExplainProps[] =>
  note === undefined
    ? []
    : [{ title: label, code, note, ...(formula && { formula }), ...(source && { source }) }];

/** Everything that the page explains elsewhere: settings, their choices, statistics and sites. */
const ALL: readonly ExplainProps[] = [
  ...Object.values(STATISTICS)
    .flatMap(entries)
    .map(([code, about]): [string, Named] => [
      code,
      { label: about.label, ...STATISTIC_NOTES[code as keyof typeof STATISTIC_NOTES] },
    ]),
  ...entries(FIELDS),
  ...Object.values(CHOICES).flatMap(entries),
  ...entries({ ...BLOCK_SITES, ...STACK_SITES }).map(([code, { note }]): [string, Named] => [
    code,
    { label: code, ...(note !== undefined && { note }) },
  ]),
].flatMap(explained);

const plain = (text: string) => text.toLowerCase().replace(/[\s_-]+/g, ' ');

/** The explanation that the page has of a term, by its name or its name in code. */
export const explanationOf = (term: string): ExplainProps | undefined =>
  ALL.find(({ title, code }) => [title, code ?? ''].map(plain).includes(plain(term)));
