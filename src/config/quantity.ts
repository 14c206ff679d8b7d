import { BLOCK_SITES, STACK_SITES } from './sites';
import { isCount, MODALITY_COLUMNS, STATISTICS, type StatisticNames } from './statistics';

export type Of = keyof typeof STATISTICS;
export type Statistic = StatisticNames[Of];

/** A measured value, or one per layer: shown by a panel, held by a column, named by a link. */
export type Quantity<O extends Of = Of> = {
  [K in O]: {
    of: K;
    statistic: StatisticNames[K];
    /**
     * A name in a frame (`blocks.3.resid_post`, `embed`), or what such names end in, for every layer
     * (`resid_post`; `block`, all sites together; `attn`, the heads). Empty for the run.
     */
    place: string;
    /** Of several heads or modalities: each (true), or the one of this number; false is all together. */
    each: boolean | number;
  };
}[O];

const OFS = Object.keys(STATISTICS) as Of[];
export const ofStatistic = (statistic: string): Of | undefined =>
  OFS.find((of) => Object.hasOwn(STATISTICS[of], statistic));

/** The place in every layer that a place in one layer belongs to. */
export const kindOfPlace = (place: string) => place.replace(/^blocks\.\d+\./, '');
const isName = (place: string) => /^\w+(\.\w+)*$/.test(place);

/** Parameters and norms are the model's to name: they differ from setting to setting. */
const HAS_PLACE: Record<Of, (place: string, statistic: string) => boolean> = {
  site: (place, statistic) =>
    Object.hasOwn(STACK_SITES, place) ||
    Object.hasOwn(BLOCK_SITES, kindOfPlace(place)) ||
    (kindOfPlace(place) === 'block' && isCount(statistic)),
  head: (place) => kindOfPlace(place) === 'attn',
  param: isName,
  norm: isName,
  output: (place) => place === 'output',
  run: (place) => place === '',
};

/** The columns of a site statistic's modalities; undefined where it has none. */
export const modalityColumns = (statistic: string) =>
  Object.hasOwn(MODALITY_COLUMNS, statistic)
    ? MODALITY_COLUMNS[statistic as keyof typeof MODALITY_COLUMNS]
    : undefined;

function quantityOf(statistic: string, place: string, last: string | undefined): Quantity | null {
  const of = ofStatistic(statistic);
  if (!of || !HAS_PLACE[of](place, statistic)) return null;
  const each = last === undefined ? false : last === 'each' || Number(last);
  const hasEach = of === 'head' || (each === true && modalityColumns(statistic) !== undefined);
  return each === false || hasEach ? ({ of, statistic, place, each } as Quantity) : null;
}

const ending = ({ each }: Quantity) =>
  each === false ? '' : `/${each === true ? 'each' : String(each)}`;

/** A quantity as links and labs have it: `rms@resid_post`, `entropy@attn/each`, `loss`. */
export const typed = (quantity: Quantity): string => {
  const { statistic, place } = quantity;
  return `${statistic}${place && `@${place}`}${ending(quantity)}`;
};

/** A quantity as columns and keys are named: `blocks.3.resid_post/rms`, `blocks.3.attn/entropy/2`, `loss`. */
export const columnName = (quantity: Quantity): string => {
  const { statistic, place } = quantity;
  return `${place && `${place}/`}${statistic}${ending(quantity)}`;
};

const EACH = String.raw`(?:\/(each|0|[1-9]\d*))?`;
const TYPED = new RegExp(String.raw`^(\w+)(?:@([\w.]+))?${EACH}$`);
const COLUMN = new RegExp(String.raw`^(?:([\w.]+)\/)?([a-z]\w*?)${EACH}$`);

export function readTyped(text: string): Quantity | null {
  const [, statistic = '', place = '', last] = TYPED.exec(text) ?? [];
  return quantityOf(statistic, place, last);
}

export function readColumnName(text: string): Quantity | null {
  const [, place = '', statistic = '', last] = COLUMN.exec(text) ?? [];
  return quantityOf(statistic, place, last);
}
