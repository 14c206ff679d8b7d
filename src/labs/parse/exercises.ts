import type { List, RootContent } from 'mdast';
import { kindOfPlace, readTyped } from '../../config/quantity';
import { STACK_SITES } from '../../config/sites';
import { unknown } from '../../lib/words';
import { LANE_IDS, type LaneId } from '../../runs/laneId';
import { ENLARGED, HIDEABLE, offerOf, OFFERS } from '../../runs/view';
import type { Asks, Block, Check, LabKind, Predict, Reveal } from '../lab';
import { letterOf } from '../language/print';
import { createAttributes, type Attributes } from './attributes';
import {
  DIRECTIVES,
  nameOf,
  PREDICTION_KINDS,
  PREDICTIONS,
  type ContainerDirective,
  type DirectiveName,
} from './directives';
import type { ToHtml } from './html';
import { lineOf, type Mistakes } from './mistakes';

export interface Reading {
  kind: LabKind;
  mistakes: Mistakes;
  html: ToHtml;
  /** Lines of exercises by their ids, as far as the file is read. */
  ids: Map<string, number>;
  /** Blocks of what stands in another. */
  blocks(nodes: readonly RootContent[]): Block[];
}

/** A distance within which predictions are right, where none is named: a factor of 1.26, and of curves of 1.58. */
const DECADES = { number: 0.1, curve: 0.2 };
/** The words that a reflection asks for where it names no number. */
const WORDS = 20;

const ID = /^[A-Za-z][\w-]{0,39}$/;

/** The id of an exercise, which it has alone. */
function idOf(node: ContainerDirective, attributes: Attributes, { ids, mistakes }: Reading) {
  const id = attributes.needed('id');
  if (id === null) return null;
  if (!ID.test(id))
    return attributes.wrong(
      'id',
      'an id begins with a letter and has up to 40 letters, digits, - and _.',
    );
  if (id in Object.prototype)
    return attributes.wrong('id', 'programs keep this name for themselves.');
  const before = ids.get(id);
  if (before !== undefined) {
    mistakes.add(node, `The id “${id}” is also that of line ${before}; each exercise has its own.`);
    return null;
  }
  ids.set(id, lineOf(node));
  return id;
}

/** Panels against depth, with what each can show by layer. */
const DEPTH_PANELS = ['magnitude', 'gradient', 'attention'] as const;

function choiceOf(
  list: List | undefined,
  node: ContainerDirective,
  attributes: Attributes,
  { html, mistakes }: Reading,
): Asks | null {
  if (!list || list.children.length < 2) {
    mistakes.add(
      node,
      'A prediction of kind choice ends in a numbered list of two options or more.',
    );
    attributes.needed('answer');
    return null;
  }
  const answer = attributes.whole('answer', 1);
  const options = list.children.map(({ children }) => ({ text: html(children) }));
  if (answer === null) return null;
  if (answer > options.length)
    return attributes.wrong('answer', `there are options 1 to ${options.length}.`);
  return { kind: 'choice', options, answer: answer - 1 };
}

function numberOf(attributes: Attributes): Asks | null {
  const measure = attributes.expression('measure', 'number');
  const isWithin = attributes.text('within') !== undefined;
  if (isWithin && attributes.text('decades') !== undefined)
    return attributes.wrong(
      'within',
      'a prediction has either within, of the difference, or decades.',
    );
  const within = isWithin ? attributes.positive('within') : null;
  const decades = attributes.positive('decades', DECADES.number);
  if (!measure || decades === null || (isWithin && within === null)) return null;
  return { kind: 'number', unit: attributes.text('unit') ?? '', measure, decades, within };
}

const LETTERS = LANE_IDS.map(letterOf);

function curveOf(attributes: Attributes): Asks | null {
  const panel = attributes.oneOf('panel', DEPTH_PANELS);
  const letter = attributes.oneOf('lane', LETTERS);
  const step = attributes.whole('step', 0);
  const decades = attributes.positive('decades', DECADES.curve);
  const typed = attributes.needed('quantity');
  if (panel === null || letter === null || step === null || decades === null || typed === null)
    return null;
  const quantity = readTyped(typed);
  const isByLayer =
    quantity?.each === false &&
    quantity.place !== '' &&
    kindOfPlace(quantity.place) === quantity.place &&
    !Object.hasOwn(STACK_SITES, quantity.place);
  if (!quantity || !isByLayer || !offerOf(OFFERS[panel], quantity))
    return attributes.wrong(
      'quantity',
      `it must be one by layer that the panel ${panel} has, such as ${panel === 'magnitude' ? 'rms@resid_post' : panel === 'gradient' ? 'grad_rms@resid_post' : 'entropy@attn'}.`,
    );
  const lane: LaneId = LANE_IDS[LETTERS.indexOf(letter)]!;
  return { kind: 'curve', panel, lane, quantity, step, decades };
}

/** The question of a directive; nothing in it is a mistake. */
function contentOf(
  nodes: readonly RootContent[],
  node: ContainerDirective,
  { html, mistakes }: Reading,
) {
  if (!nodes.length)
    mistakes.add(node, `${node.name} says nothing; between its colons stands what is asked.`);
  return html(nodes);
}

function predict(node: ContainerDirective, reading: Reading): Predict | null {
  const typed = node.attributes?.kind ?? undefined;
  const asked = PREDICTION_KINDS.find((kind) => kind === typed);
  const known = asked && ['id', 'kind', ...PREDICTIONS[asked]];
  const attributes = createAttributes(node, 'predict', reading.mistakes, known);
  const id = idOf(node, attributes, reading);
  const kind = attributes.oneOf('kind', PREDICTION_KINDS);
  const last = node.children.at(-1);
  const list = kind === 'choice' && last?.type === 'list' && last.ordered ? last : undefined;
  const content = contentOf(list ? node.children.slice(0, -1) : node.children, node, reading);
  if (kind === null) return null;
  const asks =
    kind === 'choice'
      ? choiceOf(list, node, attributes, reading)
      : kind === 'number'
        ? numberOf(attributes)
        : curveOf(attributes);
  const hides = attributes.someOf('hides', HIDEABLE);
  if (asks?.kind === 'curve' && hides.includes(asks.panel))
    return attributes.wrong('hides', `the curve is drawn over the panel ${asks.panel}.`);
  return id !== null && asks
    ? { kind: 'predict', line: lineOf(node), id, content, asks, hides }
    : null;
}

function check(node: ContainerDirective, reading: Reading): Check | null {
  const attributes = createAttributes(node, 'check', reading.mistakes);
  const id = idOf(node, attributes, reading);
  const when = attributes.expression('when', 'truth');
  const rest: RootContent[] = [];
  const hints: Check['hints'][number][] = [];
  for (const child of node.children) {
    if (child.type !== 'leafDirective' || child.name !== 'hint') rest.push(child);
    else if (nameOf(child, reading.mistakes)) {
      createAttributes(child, 'hint', reading.mistakes);
      if (!child.children.length)
        reading.mistakes.add(
          child,
          `A hint says nothing; it is written ${DIRECTIVES.hint.example}.`,
        );
      const { position } = child;
      hints.push(
        reading.html([
          { type: 'paragraph', children: child.children, ...(position ? { position } : {}) },
        ]),
      );
    }
  }
  const content = contentOf(rest, node, reading);
  return id !== null && when
    ? { kind: 'check', line: lineOf(node), id, content, when, hints }
    : null;
}

function reveal(node: ContainerDirective, reading: Reading): Reveal | null {
  const { ids, mistakes } = reading;
  const attributes = createAttributes(node, 'reveal', mistakes);
  const after = attributes.needed('after');
  const isKnown = after !== null && ids.has(after);
  // Its contents come later: it cannot wait for them.
  if (after !== null && !isKnown)
    attributes.wrong(
      'after',
      ids.size
        ? `it must be the id of an exercise before it: ${unknown(after, 'such id', [...ids.keys()])}.`
        : 'it must be the id of an exercise before it, and there is none.',
    );
  const blocks = reading.blocks(node.children);
  return isKnown ? { kind: 'reveal', line: lineOf(node), after, blocks } : null;
}

type Read = (node: ContainerDirective, reading: Reading) => Block | null;
type Exercise = Extract<DirectiveName, Block['kind']>;

/** An exercise of an id, what is asked, and a part of its own; null where one of these is wrong. */
const exercise =
  <Kind extends 'do' | 'figure' | 'reflect', Part extends object>(
    kind: Kind,
    partOf: (attributes: Attributes) => Part | null,
  ) =>
  (node: ContainerDirective, reading: Reading) => {
    const attributes = createAttributes(node, kind, reading.mistakes);
    const id = idOf(node, attributes, reading);
    const part = partOf(attributes);
    const content = contentOf(node.children, node, reading);
    return id !== null && part ? { kind, line: lineOf(node), id, content, ...part } : null;
  };

const EXERCISES: Record<Exercise, Read> = {
  predict,
  check,
  reveal,
  do: exercise('do', (attributes) => {
    const when = attributes.expression('when', 'truth');
    return when && { when };
  }),
  figure: exercise('figure', (attributes) => {
    const panel = attributes.oneOf('panel', ENLARGED);
    return panel && { panel };
  }),
  reflect: exercise('reflect', (attributes) => {
    const words = attributes.whole('words', 1, WORDS);
    return words === null ? null : { words };
  }),
};

const isExercise = (name: DirectiveName): name is Exercise => Object.hasOwn(EXERCISES, name);

/** The exercise of a directive; null, with a mistake told, where it is none that can be read. */
export function readExercise(node: ContainerDirective, reading: Reading): Block | null {
  const name = nameOf(node, reading.mistakes);
  if (!name || !isExercise(name)) return null;
  if (reading.kind === 'lab') return EXERCISES[name](node, reading);
  reading.mistakes.add(
    node,
    `A story asks for nothing: ${name} stands in a lab, without kind: story.`,
  );
  return null;
}
