import type { BlockSite } from '../config/sites';
import type { HeadStatistic, ParamStatistic, StatisticOf } from '../config/statistics';

export type ForwardStatistic = StatisticOf<'forward'>;
export type BackwardStatistic = StatisticOf<'backward'>;

/** A site, or all sites of a block together, which counts can be added up over. */
export type Place = BlockSite | 'block';

/** What the panels show. */
export interface View {
  /** `rms_modalities` is the RMS of each modality, a curve each. */
  magnitude: { site: Place; statistic: ForwardStatistic | 'rms_modalities' };
  /** Activations at a site, or parameters of one kind (`attn.wq`), layer by layer. */
  gradient:
    | { of: 'activations'; site: Place; statistic: BackwardStatistic | 'grad_rms_modalities' }
    | { of: 'parameters'; kind: string; statistic: ParamStatistic };
  /** A statistic of the heads, their mean or each alone, or token alignment at a site. */
  attention:
    { of: 'heads'; statistic: HeadStatistic; each: boolean } | { of: 'tokens'; site: BlockSite };
  /** Whether evaluation shows; null as long as nobody has said: then where it differs from training. */
  evaluation: { open: boolean | null };
  /** Whether the table of what norms cost shows. */
  costs: { open: boolean };
  /** What is compared between training and evaluation, layer by layer. */
  compared:
    | { of: 'site'; statistic: ForwardStatistic; site: BlockSite }
    | { of: 'heads'; statistic: HeadStatistic };
  /** The kind of norm (`attn.norm`) whose batch is compared with its running statistics. */
  discrepancy: { norm: string };
  /** What is shown position by position. */
  position: { of: PositionQuantity };
  /** The panel that has the whole column, if one has. */
  panel: Enlarged | null;
}

/** Panels that can have the whole column. */
export const ENLARGED = ['magnitude', 'gradient', 'attention', 'loss'] as const;
export type Enlarged = (typeof ENLARGED)[number];

export const POSITION_QUANTITIES = ['loss', 'rms', 'entropy'] as const;
export type PositionQuantity = (typeof POSITION_QUANTITIES)[number];

export const DEFAULT_VIEW: View = {
  magnitude: { site: 'resid_post', statistic: 'rms' },
  gradient: { of: 'activations', site: 'resid_post', statistic: 'grad_rms' },
  attention: { of: 'heads', statistic: 'entropy', each: false },
  evaluation: { open: null },
  costs: { open: false },
  compared: { of: 'site', statistic: 'rms', site: 'resid_post' },
  discrepancy: { norm: 'attn.norm' },
  position: { of: 'loss' },
  panel: null,
};
