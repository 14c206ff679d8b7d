import { kindOfPlace, readTyped, type Quantity, type Statistic } from '../config/quantity';
import { STACK_SITES } from '../config/sites';
import { isCount, statisticsOf, STATISTIC_IDS } from '../config/statistics';
import { mapValues } from '../lib/objects';
import type { Key } from '../config/fields';
import type { Inspecting } from './inspector/inspection';
import type { LaneId } from './laneId';

/** Quantities that a panel has in one menu. */
export interface Offer {
  statistics: readonly Statistic[];
  first: Quantity;
  /** Each head or modality can be shown. */
  each?: boolean;
  /** One head can be shown. */
  one?: boolean;
  at?: string;
  /** Its name beside other offers of the panel. */
  label?: string;
  note?: string;
}

const first = (text: string) => readTyped(text)!;

/** Everything that layers have; of heads their mean. */
const OF_LAYERS: (Offer & { label: string })[] = [
  {
    label: 'activations',
    note: 'What flows at a site.',
    statistics: statisticsOf('forward'),
    first: first('rms@resid_post'),
  },
  {
    label: 'gradients',
    note: 'The gradient of the loss with respect to what flows at a site.',
    statistics: statisticsOf('backward'),
    first: first('grad_rms@resid_post'),
  },
  {
    label: 'parameters',
    note: 'Gradients, sizes and updates of the weights, by kind.',
    statistics: STATISTIC_IDS.param,
    first: first('param_grad_rms@attn.wq'),
  },
  {
    label: 'attention',
    note: 'What the heads do.',
    statistics: STATISTIC_IDS.head,
    first: first('entropy@attn'),
    one: true,
  },
];

export const OFFERS = {
  magnitude: [{ statistics: statisticsOf('forward'), first: first('rms@resid_post'), each: true }],
  gradient: [
    {
      label: 'activations',
      note: 'The gradient of the loss with respect to what flows at a site.',
      statistics: statisticsOf('backward'),
      first: first('grad_rms@resid_post'),
      each: true,
    },
    {
      label: 'parameters',
      note: 'Gradients, sizes and updates of the weights, by kind.',
      statistics: STATISTIC_IDS.param,
      first: first('param_grad_rms@attn.wq'),
    },
  ],
  /** Token alignment stands beside what the heads do: it is what they bring about. */
  attention: [
    {
      statistics: [...STATISTIC_IDS.head, 'token_cosine'],
      first: first('entropy@attn'),
      each: true,
    },
  ],
  /** Layer by layer, in training and in evaluation, which counts no roundings. */
  compared: [
    {
      statistics: [...statisticsOf('forward').filter((id) => !isCount(id)), ...STATISTIC_IDS.head],
      first: first('rms@resid_post'),
    },
  ],
  /** Against the step, of the layers that are marked, or of the whole model. */
  traces: [
    ...OF_LAYERS,
    {
      label: 'update',
      note: 'Of the model as a whole: its gradient, the update that follows, its output.',
      statistics: STATISTIC_IDS.output,
      first: first('grad_norm@output'),
    },
  ],
  /** Against depth and step at once. */
  waterfall: OF_LAYERS,
  position: [{ statistics: ['loss', 'rms', 'entropy'], first: first('loss'), at: 'resid_post' }],
} satisfies Record<string, Offer[]>;

export type QuantityPanel = keyof typeof OFFERS;

export const ENLARGED = ['magnitude', 'gradient', 'attention', 'loss'] as const;
export type Enlarged = (typeof ENLARGED)[number];

/** Parts of the page that a link can leave out. */
export const HIDEABLE = [...ENLARGED, 'stack', 'lanes', 'settings', 'timeline', 'more'] as const;
export type Hideable = (typeof HIDEABLE)[number];

/** Settings that a link leaves open beside those that it locks, and `lanes`, their number. */
export type Opened = Key | 'lanes';

/** The tabs of the lowest panel, the one that is enlarged as `loss`. */
export const LOWER = ['loss', 'traces', 'waterfall'] as const;
export type Lower = (typeof LOWER)[number];

export interface View extends Record<QuantityPanel, Quantity> {
  /** The kind of norm (`attn.norm`) whose batch is compared with its running statistics. */
  discrepancy: string;
  /** Evaluation is open; null as long as nobody has said: then where it differs from training. */
  evaluation: { open: boolean | null };
  costs: { open: boolean };
  /** The lane that the others are held against; null: values stand as they are. */
  baseline: LaneId | null;
  /** Theory of initialization: not shown, over what was measured, or what was measured held against it. */
  theory: 'off' | 'on' | 'ratio';
  /** Seeds that lanes are measured under at step 0; 0 for their own alone. */
  seeds: number;
  /** Seeds that every lane trains under: its own, and those that follow. */
  training_seeds: number;
  panel: Enlarged | null;
  /** The lanes of a panel against depth: over one another, or each in a plot of its own. */
  arrange: 'overlay' | 'side_by_side';
  /** Lanes of several depths stand over one another by the number of a layer, or by its fraction of the depth. */
  depth: 'layer' | 'fraction';
  lower: Lower;
  /** The inspector’s view and place; null while it is closed. */
  inspect: Inspecting | null;
  /**
   * The gallery of claims, `open` with what it is searched for (`open/gradient/no:post-LN`), or the claim that the page was
   * opened from (`of:xiong-lemma-2`); null for neither.
   */
  claims: string | null;
  /** The sweep of the form as it was typed, empty before anything was; null while it is closed. */
  sweep: string | null;
  /** The entry of the glossary that is shown, empty for its beginning; null while it is closed. */
  words: string | null;
  /** Settings that can be changed; null: all. */
  open: readonly Opened[] | null;
  /** Parts of the page that are left out. */
  hide: readonly Hideable[];
}

/** The most seeds that lanes are measured under. */
export const MOST_SEEDS = 32;
/** The most seeds that lanes train under: each has an engine. */
export const MOST_TRAINING_SEEDS = 8;

export const DEFAULT_VIEW: View = {
  ...mapValues(OFFERS as Record<QuantityPanel, Offer[]>, ([offer]) => offer!.first),
  evaluation: { open: null },
  costs: { open: false },
  baseline: null,
  theory: 'off',
  seeds: 0,
  training_seeds: 1,
  discrepancy: 'attn.norm',
  panel: null,
  arrange: 'overlay',
  depth: 'layer',
  lower: 'loss',
  inspect: null,
  claims: null,
  sweep: null,
  words: null,
  open: null,
  hide: [],
};

/** Panels show every layer. Which names parameters have is the model's to say. */
const isOneLayer = ({ of, place }: Quantity) =>
  (of === 'site' || of === 'head') &&
  (kindOfPlace(place) !== place || Object.hasOwn(STACK_SITES, place));

/** The offer of a panel that has a quantity; undefined where none has. */
export const offerOf = (offers: readonly Offer[], quantity: Quantity): Offer | undefined =>
  offers.find(({ statistics, each, one, at }) => {
    const { of, statistic, place } = quantity;
    return (
      statistics.includes(statistic) &&
      !isOneLayer(quantity) &&
      (quantity.each === false || (quantity.each === true ? each : one)) &&
      (at === undefined || of !== 'site' || place === at)
    );
  });
