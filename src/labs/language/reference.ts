import { closestKey } from '../../config/closest';
import { isKey, KEYS } from '../../config/fields';
import { kindOfPlace, ofStatistic, readTyped, typed, type Quantity } from '../../config/quantity';
import { BLOCK_SITES, STACK_SITES } from '../../config/sites';
import { isCount, STATISTIC_IDS } from '../../config/statistics';
import { nearest, shortened, unknown } from '../../lib/words';
import { LANE_IDS, type LaneId } from '../../runs/laneId';
import { FACTS, type Fact, type Layers, type Node, type Step } from './expression';
import { Fault } from './fault';
import { letterOf } from './print';
import type { Scanner } from './scan';

const LETTERS = LANE_IDS.map(letterOf);
const FACT_NAMES = Object.keys(FACTS) as Fact[];
const STATISTICS = Object.values(STATISTIC_IDS).flat();
/** All that may stand behind a lane; of names that are as near as each other the shorter one is meant. */
const NAMES = [...STATISTICS, ...FACT_NAMES, ...KEYS].sort((a, b) => a.length - b.length);

/** The lane of a letter; throws a Fault where it is none. */
export function laneOf(letter: string): LaneId {
  const lane = LANE_IDS[LETTERS.indexOf(letter)];
  if (!lane) throw new Fault(`${unknown(letter, 'lane', LETTERS)}.`);
  return lane;
}

/** Places of each kind of statistic, as they are written behind an @. */
const PLACES: Record<keyof typeof STATISTIC_IDS, string> = {
  site: `@ and one of ${[...Object.keys(BLOCK_SITES), ...Object.keys(STACK_SITES)].join(', ')}`,
  head: '@attn, or @attn/2 for head 2 alone',
  param: '@ and a kind of parameter, as in @attn.wq',
  norm: '@ and a kind of norm, as in @attn.norm',
  output: '@output',
  run: 'nothing but a step',
};

function quantityOf(name: string, place: string, head: string): Quantity {
  const text = `${name}${place && `@${place}`}${head}`;
  const found = readTyped(text);
  if (found && found.each !== true) return found;
  if (found)
    throw new Fault(
      `“${text}” is several curves; name one head, as in /2, or none for their mean.`,
    );
  const of = ofStatistic(name)!;
  const meant = place && nearest(place, [...Object.keys(BLOCK_SITES), ...Object.keys(STACK_SITES)]);
  const guess = of === 'site' && meant ? ` Did you mean ${name}@${meant}?` : '';
  const counts = isCount(name) ? ', or block for all sites together' : '';
  throw new Fault(
    `“${shortened(text)}” is no quantity; behind ${name} stands ${PLACES[of]}${counts}.${guess}`,
  );
}

const LAYER = /^(?:(first|last)|(-?\d{1,3}))$/;

function layerOf(text: string): number | null {
  const [, word, number] = LAYER.exec(text.trim()) ?? [];
  if (word !== undefined) return word === 'first' ? 0 : -1;
  return number === undefined ? null : Number(number) + 0;
}

function layersOf(text: string): Layers {
  if (text.trim() === 'all') return { from: 0, to: -1 };
  const ends = text.split('..').map(layerOf);
  const [from, to] = ends;
  if (ends.length > 2 || from == null || to === null)
    throw new Fault(
      `“[${shortened(text)}]” names no layers; there are numbers from 0 on, first, last, -2 (the last but one), 0..5 and all.`,
    );
  if (to === undefined) return from;
  if (from >= 0 === to >= 0 && from > to)
    throw new Fault(`“[${text}]” is empty: ${from} comes behind ${to}.`);
  return { from, to };
}

function stepOf(text: string): Step {
  if (text === 'now') return text;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Fault(`“@${shortened(text)}” is no step; behind @ stands a whole number, or now.`);
}

/** Quantities that each layer has: they are of no number until layers are named. Parameters and norms are the model's to name. */
const isOfLayers = ({ of, place }: Quantity): boolean =>
  (of === 'site' || of === 'head') &&
  kindOfPlace(place) === place &&
  !Object.hasOwn(STACK_SITES, place);
const hasNoLayers = ({ of, place }: Quantity): boolean =>
  kindOfPlace(place) !== place ||
  of === 'run' ||
  of === 'output' ||
  (of === 'site' && Object.hasOwn(STACK_SITES, place));

function unknownName(lane: string, name: string): Fault {
  const wrong = `“${lane}.${shortened(name)}” is nothing that a run has`;
  const meant = nearest(name, NAMES) ?? closestKey(name);
  if (meant) return new Fault(`${wrong} (did you mean ${meant}?).`);
  return new Fault(
    `${wrong}. Quantities are ${STATISTICS.join(', ')}; facts are ${FACT_NAMES.join(', ')}; settings are named as in links, such as ${lane}.placement.`,
  );
}

const NAME = /([A-Za-z]\w*)\.([A-Za-z]\w*)/y;
const PLACE = /@(?!now\b)([A-Za-z_][\w.]*)/y;
const HEAD = /\/(?:each|\d{1,4})/y;
const LAYERS = /\[([^\]]*)\]/y;
const STEP = /@([\w.]+)/y;

/** The name behind a letter and a point, `A.rms@resid_post[0]@10`, `A.placement` or `A.step`; null where none begins here. */
export function readReference(scanner: Scanner): Node | null {
  const found = scanner.take(NAME);
  if (!found) return null;
  const [, letter, name] = found as unknown as [string, string, string];
  const lane = laneOf(letter);
  const place = scanner.takeTight(PLACE)?.[1] ?? '';
  // Of other quantities a / is a division.
  const head = ofStatistic(name) === 'head' ? (scanner.takeTight(HEAD)?.[0] ?? '') : '';
  const inBrackets = scanner.takeTight(LAYERS)?.[1];
  if (scanner.takeTight(/\[/y))
    throw new Fault(`The [ behind ${letter}.${name} is not closed by a ].`);
  const at = scanner.takeTight(STEP)?.[1];

  const isFact = FACT_NAMES.includes(name as Fact);
  const isPlain = !place && !head;
  if (isPlain && (isFact || isKey(name))) {
    if (inBrackets !== undefined || at !== undefined)
      throw new Fault(
        `${letter}.${name} is ${isFact ? 'a fact' : 'a setting'}, of the step where the run stands; it has neither layer nor step.`,
      );
    return isFact
      ? { kind: 'fact', lane, fact: name as Fact }
      : { kind: 'setting', lane, key: name as (typeof KEYS)[number] };
  }
  if (!ofStatistic(name)) throw unknownName(letter, name);
  const quantity = quantityOf(name, place, head);
  const text = `${letter}.${typed(quantity)}`;
  if (inBrackets !== undefined && hasNoLayers(quantity))
    throw new Fault(`${text} has no layers; it is written without [${shortened(inBrackets)}].`);
  if (inBrackets === undefined && isOfLayers(quantity))
    throw new Fault(
      `${text} is of each layer; name them: ${text}[0], [first], [last], [-2] (the last but one), [0..5] or [all].`,
    );
  return {
    kind: 'reading',
    lane,
    quantity,
    layers: inBrackets === undefined ? null : layersOf(inBrackets),
    step: at === undefined ? 'now' : stepOf(at),
    isTheory: false,
  };
}

/** The prediction of a reading, for step 0. */
export function theoryOf(node: Node): Node {
  if (node.kind !== 'reading' || node.isTheory || node.layers === null)
    throw new Fault(
      'theory(…) takes a quantity with its layers, as in theory(A.rms@resid_post[last]).',
    );
  if (node.step !== 'now' && node.step !== 0)
    throw new Fault('theory(…) is of step 0; its quantity is written without a step.');
  return { ...node, step: 0, isTheory: true };
}
