import type { RootContent } from 'mdast';
import { nearest, shortened } from '../../lib/words';
import type { Mistakes } from './mistakes';

type DirectiveOf<Form extends string> = Extract<RootContent, { type: Form }>;
export type ContainerDirective = DirectiveOf<'containerDirective'>;
export type TextDirective = DirectiveOf<'textDirective'>;
export type Directive = ContainerDirective | TextDirective | DirectiveOf<'leafDirective'>;

type Form = Directive['type'];

interface AboutDirective {
  form: Form;
  /** All that it may have in braces. */
  attributes: readonly string[];
  /** Something that may be written, to show the form. */
  example: string;
}

const directives = <Name extends string>(entries: Record<Name, AboutDirective>) => entries;

/** Attributes of predictions, by their kind. */
export const PREDICTIONS = {
  choice: ['answer', 'hides'],
  number: ['measure', 'unit', 'decades', 'within', 'hides'],
  curve: ['panel', 'lane', 'quantity', 'step', 'decades', 'hides'],
} as const;
export type PredictionKind = keyof typeof PREDICTIONS;
export const PREDICTION_KINDS = Object.keys(PREDICTIONS) as PredictionKind[];

/** Every directive of labs. */
export const DIRECTIVES = directives({
  page: { form: 'leafDirective', attributes: ['link'], example: '::page{link="v=1&n_layers=12"}' },
  show: {
    form: 'leafDirective',
    attributes: ['at', 'play', 'moment'],
    example: '::show{at=loss play=100}',
  },
  value: {
    form: 'textDirective',
    attributes: ['of', 'page', 'within'],
    example: ':value[3.3]{of="A.loss@0"}',
  },
  live: { form: 'textDirective', attributes: ['of'], example: ':live{of="A.loss@0"}' },
  term: { form: 'textDirective', attributes: [], example: ':term[unigram entropy]' },
  predict: {
    form: 'containerDirective',
    attributes: ['id', 'kind', ...Object.values(PREDICTIONS).flat()],
    example: ':::predict{#grows kind=choice answer=2}',
  },
  do: {
    form: 'containerDirective',
    attributes: ['id', 'when'],
    example: ':::do{#trained when="B.step >= 50"}',
  },
  check: {
    form: 'containerDirective',
    attributes: ['id', 'when'],
    example: ':::check{#smaller when="A.loss@100 < B.loss@100"}',
  },
  hint: { form: 'leafDirective', attributes: [], example: '::hint[Look at the first layer.]' },
  reveal: {
    form: 'containerDirective',
    attributes: ['after'],
    example: '::::reveal{after=grows}',
  },
  figure: {
    form: 'containerDirective',
    attributes: ['id', 'panel'],
    example: ':::figure{#stream panel=magnitude}',
  },
  reflect: {
    form: 'containerDirective',
    attributes: ['id', 'words'],
    example: ':::reflect{#why words=30}',
  },
});
export type DirectiveName = keyof typeof DIRECTIVES;
const NAMES = Object.keys(DIRECTIVES) as DirectiveName[];

const COLONS: Record<Form, string> = {
  textDirective: ':',
  leafDirective: '::',
  containerDirective: ':::',
};

const isName = (name: string): name is DirectiveName => Object.hasOwn(DIRECTIVES, name);

/** The name of a directive that is known and has its form; of another a mistake is told, and the answer is null. */
export function nameOf(directive: Directive, mistakes: Mistakes): DirectiveName | null {
  const { name, type } = directive;
  if (!isName(name)) {
    const meant = nearest(name, NAMES);
    const guess = meant ? ` (did you mean ${meant}?)` : '';
    const colon = type === 'textDirective' ? ' A colon that begins none is written \\:.' : '';
    mistakes.add(
      directive,
      `“${COLONS[type]}${shortened(name)}” is no directive${guess}; there are ${NAMES.join(', ')}.${colon}`,
    );
    return null;
  }
  const { form, example } = DIRECTIVES[name];
  if (form === type) return name;
  mistakes.add(directive, `${name} begins with “${COLONS[form]}”, as in ${example}.`);
  return null;
}
