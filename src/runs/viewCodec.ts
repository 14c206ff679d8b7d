import type { Problem } from '../config/check';
import { ofStatistic, readTyped, typed, type Of } from '../config/quantity';
import { BLOCK_SITES } from '../config/sites';
import { isCount, STATISTIC_IDS } from '../config/statistics';
import { mapValues } from '../lib/objects';
import { VIEWS, type ViewId } from '../inspect/readings';
import { nearest, shortened } from '../lib/words';
import type { Inspecting } from './inspector/inspection';
import { isOpened } from './access';
import { LANE_IDS } from './laneId';
import {
  DEFAULT_VIEW,
  HIDEABLE,
  type Hideable,
  ENLARGED,
  MOST_SEEDS,
  MOST_TRAINING_SEEDS,
  LOWER,
  offerOf,
  OFFERS,
  type Offer,
  type QuantityPanel,
  type View,
} from './view';

interface Codec<V> {
  write(value: V): string;
  /** Undefined when the text names nothing that can be shown. */
  read(text: string): V | undefined;
  /** The allowed texts in words, and one of them. */
  allowed: string;
  example?: string;
}

const words = <V>(values: Record<string, V>, allowed: string): Codec<V> => ({
  write: (value) => Object.keys(values).find((word) => values[word] === value)!,
  read: (text) => (Object.hasOwn(values, text) ? values[text] : undefined),
  allowed,
});

const whole = (least: number, most: number): Codec<number> => ({
  write: String,
  read(text) {
    const count = /^\d{1,2}$/.test(text) ? Number(text) : -1;
    return count >= least && count <= most ? count : undefined;
  },
  allowed: `a whole number from ${least} to ${most}`,
  example: '8',
});

const opens = <V>(codec: Codec<V>): Codec<{ open: V }> => ({
  ...codec,
  write: ({ open }) => codec.write(open),
  read(text) {
    const open = codec.read(text);
    return open === undefined ? undefined : { open };
  },
});

const HEAD = `(${STATISTIC_IDS.head.join('|')})`;
/** Forms that older links have, and what they are now. */
const OLDER: [RegExp, string][] = [
  [/^activations@/, 'grad_rms@'],
  [/^((?:grad_)?rms)_modalities@([\w.]+)$/, '$1@$2/each'],
  [new RegExp(`^${HEAD}@mean$`), '$1@attn'],
  [new RegExp(`^${HEAD}@heads$`), '$1@attn/each'],
];
const OLDER_POSITIONS: [RegExp, string][] = [
  [/^rms$/, 'rms@resid_post'],
  [/^entropy$/, 'entropy@attn'],
];

const PLACES: Partial<Record<Of, string>> = {
  site: ` at a site of a block (${Object.keys(BLOCK_SITES).join(', ')})`,
  head: ' at attn',
  output: ' at output',
  param: ' at a kind of parameter such as attn.wq',
};

/** The statistics of an offer and their places, in words. */
const allowedBy = ({ statistics, at, each, one }: Offer): string =>
  ([...new Set(statistics.map(ofStatistic))] as Of[])
    .map((of) => {
      const ids = statistics.filter((id) => ofStatistic(id) === of);
      const place = of === 'site' && at ? ` at ${at}` : (PLACES[of] ?? '');
      return [
        `${ids.length > 1 ? 'one of ' : ''}${ids.join(', ')}${place}`,
        ...(ids.some(isCount) ? ['of counts also at block, all its sites together'] : []),
      ].join(', ');
    })
    .join(', or ') +
  (each ? ', or with /each at the end for each head or modality' : '') +
  (one ? ', or with /2 at the end for head 2 alone' : '');

const quantity = (panel: QuantityPanel): Codec<View[QuantityPanel]> => ({
  write: typed,
  read(text) {
    const older = panel === 'position' ? [...OLDER, ...OLDER_POSITIONS] : OLDER;
    const found = readTyped(older.reduce((text, [form, now]) => text.replace(form, now), text));
    return found && offerOf(OFFERS[panel], found) ? found : undefined;
  },
  allowed: OFFERS[panel].map(allowedBy).join(', or '),
  example: typed(DEFAULT_VIEW[panel]),
});

/** Words with commas between them, each once, in the order they came. */
const list = <Word extends string>(isOne: (word: string) => word is Word, allowed: string) => ({
  write: (all: readonly Word[]) => all.join(','),
  read(text: string): Word[] | undefined {
    const all = [...new Set(text.split(',').filter(Boolean))];
    return all.every(isOne) ? all : undefined;
  },
  allowed,
});
const opened = list(
  isOpened,
  'all, none, or settings and lanes (their number) such as placement,norm',
);
const hidden = list(
  (word): word is Hideable => HIDEABLE.includes(word as Hideable),
  `some of ${HIDEABLE.join()}`,
);

const CODECS: { [P in keyof View]: Codec<View[P]> } = {
  ...mapValues(OFFERS, (_: readonly Offer[], panel) => quantity(panel)),
  evaluation: opens(
    words<boolean | null>(
      { auto: null, closed: false, open: true },
      'open, closed or auto (open where evaluation differs from training)',
    ),
  ),
  costs: opens(words<boolean>({ closed: false, open: true }, 'open or closed')),
  baseline: words<View['baseline']>(
    { none: null, ...Object.fromEntries(LANE_IDS.map((id) => [id, id])) },
    'the letter of a lane, a to d, or none',
  ),
  theory: words<View['theory']>({ on: 'on', ratio: 'ratio', off: 'off' }, 'on, ratio or off'),
  seeds: whole(0, MOST_SEEDS),
  training_seeds: whole(1, MOST_TRAINING_SEEDS),
  discrepancy: {
    write: (norm) => norm,
    read: (text) => (/^\w+(\.\w+)*$/.test(text) ? text : undefined),
    allowed: 'a kind of norm such as attn.norm',
    example: 'attn.norm',
  },
  panel: words<View['panel']>(
    { none: null, ...Object.fromEntries(ENLARGED.map((panel) => [panel, panel])) },
    `one of ${ENLARGED.join(', ')}, or none`,
  ),
  arrange: words<View['arrange']>(
    { overlay: 'overlay', side_by_side: 'side_by_side' },
    'overlay or side_by_side',
  ),
  depth: words<View['depth']>({ layer: 'layer', fraction: 'fraction' }, 'layer or fraction'),
  lower: words<View['lower']>(
    Object.fromEntries(LOWER.map((id) => [id, id])),
    `one of ${LOWER.join(', ')}`,
  ),
  inspect: {
    write: (at) =>
      at ? `${at.view}/${at.place}/${at.lane}/${at.head}.${at.sequence}.${at.token}` : 'none',
    read(text) {
      if (text === 'none') return null;
      // The tab of distributions is called so on the page.
      const [, view, place = '', lane, ...numbers] =
        INSPECTING.exec(text.replace(/^values\//, 'distribution/')) ?? [];
      const [head, sequence, token] = numbers.map(Number);
      return VIEWS.includes(view as ViewId)
        ? ({ view, place, lane, head, sequence, token } as Inspecting)
        : undefined;
    },
    allowed: `one of ${VIEWS.join(', ')}, a site or parameter, a lane, head, sequence and token; or none`,
    example: 'channels/blocks.7.resid_post/a/0.0.0',
  },
  claims: {
    write: (text) => text ?? 'closed',
    read(text) {
      if (text === 'closed') return null;
      return /^(open(\/\w+){0,2}(:.{0,80})?|of:[\w-]+)$/s.test(text) ? text : undefined;
    },
    allowed: 'closed, open, open:words or of:claim',
  },
  sweep: {
    write: (typed) => (typed === null ? 'closed' : typed ? `open:${typed}` : 'open'),
    read(text) {
      if (text === 'closed') return null;
      return /^open(:.{0,4000})?$/s.test(text) ? text.slice(5) : undefined;
    },
    allowed: 'closed, open, or open: and up to 4000 signs that name a sweep',
  },
  words: {
    write: (id) => (id === null ? 'closed' : id || 'open'),
    read(text) {
      if (text === 'closed') return null;
      if (text === 'open') return '';
      return /^[\p{L}\d._-]{1,60}$/u.test(text) ? text : undefined;
    },
    allowed: 'closed, open or a term such as unigram-entropy',
  },
  open: {
    ...opened,
    write: (all) => (all === null ? 'all' : opened.write(all) || 'none'),
    read(text) {
      if (text === 'all') return null;
      return text === 'none' ? [] : opened.read(text);
    },
  },
  hide: hidden,
};

const INSPECTING = /^(\w+)\/(\w+(?:\.\w+)*)\/([a-d])\/(\d{1,4})\.(\d{1,4})\.(\d{1,4})$/;

/** The step on show, which is beside the view: it is not gone back to, but offered. */
const STEP = { allowed: 'live or the number of a step', example: '120' };

type Key = keyof View;
const KEYS = Object.keys(CODECS) as Key[];
const isKey = (key: string): key is Key => Object.hasOwn(CODECS, key);

const write = <K extends Key>(key: K, view: View): string =>
  (CODECS[key] as Codec<View[K]>).write(view[key]);

/** Keys of links that stand alone: seeds are measured, and are not of the view alone. */
export const UNPREFIXED: ReadonlySet<string> = new Set<Key>(['seeds', 'training_seeds']);
const named = (key: string): string => (UNPREFIXED.has(key) ? key : `view.${key}`);

/** `view.…` of all that shows something else than it does when the page opens. */
export const writeView = (view: View): [string, string][] =>
  KEYS.filter((key) => write(key, view) !== write(key, DEFAULT_VIEW)).map((key) => [
    named(key),
    write(key, view),
  ]);

/** The view, and the step, that `view.…` pairs name; what cannot be read stays as the page opens. */
export function readView(pairs: [string, string][]) {
  const view = { ...DEFAULT_VIEW };
  let step: number | undefined;
  const put = <K extends Key>(key: K, text: string): boolean => {
    const { read } = CODECS[key] as Codec<View[K]>;
    // Older links may end in an @ with no place behind it.
    const value = read(text) ?? read(text.replace(/@$/, ''));
    if (value !== undefined) view[key] = value;
    return value !== undefined;
  };
  const problemOf = (key: string, text: string): string | null => {
    const mustBe = ({ allowed, example }: { allowed: string; example?: string }) =>
      `${named(key)} is “${shortened(text)}”; it must be ${allowed}${example ? `, as in ${example}` : ''}.`;
    if (key === 'step') {
      step = /^\d{1,9}$/.test(text) ? Number(text) : undefined;
      return step !== undefined || text === 'live' ? null : mustBe(STEP);
    }
    if (isKey(key)) return put(key, text) ? null : mustBe(CODECS[key]);
    const meant = nearest(key, [...KEYS, 'step']);
    const known = meant
      ? `Did you mean ${named(meant)}?`
      : `Known are ${KEYS.map(named).join(', ')}.`;
    return `Unknown setting “view.${shortened(key)}”. ${known}`;
  };
  const problems = pairs.flatMap(([key, text]): Problem[] => {
    const message = problemOf(key.replace(/^view\./, ''), text);
    return message === null ? [] : [{ key, message }];
  });
  return { view, step, problems };
}
