import { BLOCK_SITES, STACK_SITES } from '../../../config/sites';
import {
  isDefinedAt,
  LOGIT_STATISTIC_IDS,
  SITE_STATISTICS,
  STATISTIC_IDS,
} from '../../../config/statistics';
import { EVALUATION } from '../../tables/columns';
import type { ColumnRow } from './rows';

/** Statistics of sites that other programs may have measured. */
const COMMON = STATISTIC_IDS.site.filter(
  (id) => !SITE_STATISTICS[id].counts && !id.includes('modality'),
);
/** Kinds of parameters that most stacks have. */
const PARAMS = ['attn.wq', 'attn.wk', 'attn.wv', 'attn.wo', 'mlp.w_in', 'mlp.w_out'];

const at = (prefix: string, sites: object): string[] =>
  Object.keys(sites).flatMap((site) =>
    COMMON.filter((id) => isDefinedAt(id, site as keyof typeof BLOCK_SITES)).map(
      (id) => `${prefix}${site}/${id}`,
    ),
  );

const OF_LAYERS = [
  ...at('blocks.{n}.', BLOCK_SITES),
  ...PARAMS.flatMap((name) => STATISTIC_IDS.param.map((id) => `blocks.{n}.${name}/${id}`)),
];
const OF_HEADS = STATISTIC_IDS.head.map((id) => `blocks.{n}.attn/${id}/{m}`);
const OF_RUN = [
  ...['step', 'loss', `${EVALUATION}loss`],
  ...STATISTIC_IDS.output.map((id) => `output/${id}`),
  ...LOGIT_STATISTIC_IDS.map((id) => `${EVALUATION}output/${id}`),
  ...at('', STACK_SITES),
];

/** Columns that a row may be, by how many numbers its names differ in. */
export const suggestionsFor = ({ numbers }: Pick<ColumnRow, 'numbers'>): readonly string[] =>
  [OF_RUN, OF_LAYERS, OF_HEADS][Math.min(2, numbers[0]?.length ?? 0)]!;
