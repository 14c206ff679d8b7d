import type { Problem } from '../config/check';
import { BLOCK_SITES, type BlockSite } from '../config/sites';
import {
  HEAD_STATISTIC_IDS,
  PARAM_STATISTIC_IDS,
  isCount,
  statisticsOf,
  type HeadStatistic,
  type ParamStatistic,
} from '../config/statistics';
import {
  DEFAULT_VIEW,
  ENLARGED,
  POSITION_QUANTITIES,
  type Place,
  type PositionQuantity,
  type View,
} from './view';

/** What one panel shows, as `what` or `what@where`. */
interface Codec<V> {
  write(view: V): string;
  /** Undefined when it names nothing that can be shown. */
  read(what: string, where: string): V | undefined;
  /** What is allowed, in words. */
  allowed: string;
  /** One that is. */
  example: string;
}

const isSite = (where: string): where is BlockSite => Object.hasOwn(BLOCK_SITES, where);
const among = <K extends string>(ids: readonly K[], id: string): id is K =>
  (ids as readonly string[]).includes(id);

export const FORWARD_IDS = statisticsOf('forward');
export const BACKWARD_IDS = statisticsOf('backward');

const MAGNITUDES = [...FORWARD_IDS, 'rms_modalities'] as const;
const GRADIENTS = [...BACKWARD_IDS, 'grad_rms_modalities'] as const;
const HEADS = ['mean', 'heads'] as const;
const sites = `a site of a block (${Object.keys(BLOCK_SITES).join(', ')})`;
const orBlock = 'of counts also at block, all its sites together';

const isPlace = (where: string, statistic: string): where is Place =>
  isSite(where) || (where === 'block' && isCount(statistic));

const CODECS: { [P in keyof View]: Codec<View[P]> } = {
  magnitude: {
    write: ({ statistic, site }) => `${statistic}@${site}`,
    read: (statistic, site) =>
      among(MAGNITUDES, statistic) && isPlace(site, statistic) ? { statistic, site } : undefined,
    allowed: `one of ${MAGNITUDES.join(', ')} at ${sites}, ${orBlock}`,
    example: 'rms@resid_post',
  },
  gradient: {
    // The gradient itself has had this name from the beginning.
    write: (view) =>
      view.of === 'parameters'
        ? `${view.statistic}@${view.kind}`
        : `${view.statistic === 'grad_rms' ? 'activations' : view.statistic}@${view.site}`,
    read(what, where) {
      const statistic = what === 'activations' ? 'grad_rms' : what;
      if (among(GRADIENTS, statistic)) {
        return isPlace(where, statistic)
          ? { of: 'activations', site: where, statistic }
          : undefined;
      }
      // Which kinds there are is the model's to say, and it differs from setting to setting.
      return among<ParamStatistic>(PARAM_STATISTIC_IDS, what) && /^\w+(\.\w+)*$/.test(where)
        ? { of: 'parameters', kind: where, statistic: what }
        : undefined;
    },
    allowed: `one of activations, ${GRADIENTS.slice(1).join(', ')} at ${sites}, ${orBlock}, or one of ${PARAM_STATISTIC_IDS.join(', ')} at a kind of parameter such as attn.wq`,
    example: 'activations@resid_post',
  },
  attention: {
    write: (view) =>
      view.of === 'tokens'
        ? `token_cosine@${view.site}`
        : `${view.statistic}@${view.each ? 'heads' : 'mean'}`,
    read(what, where) {
      if (what === 'token_cosine') return isSite(where) ? { of: 'tokens', site: where } : undefined;
      return among<HeadStatistic>(HEAD_STATISTIC_IDS, what) && among(HEADS, where)
        ? { of: 'heads', statistic: what, each: where === 'heads' }
        : undefined;
    },
    allowed: `one of ${HEAD_STATISTIC_IDS.join(', ')} at ${HEADS.join(' or ')}, or token_cosine at ${sites}`,
    example: 'entropy@mean',
  },
  evaluation: {
    write: ({ open }) => (open === null ? 'auto' : open ? 'open' : 'closed'),
    read: (what, where) =>
      where === '' && among(['auto', 'open', 'closed'] as const, what)
        ? { open: what === 'auto' ? null : what === 'open' }
        : undefined,
    allowed: 'open, closed or auto (open where evaluation differs from training)',
    example: 'open',
  },
  costs: {
    write: ({ open }) => (open ? 'open' : 'closed'),
    read: (what, where) =>
      where === '' && among(['open', 'closed'] as const, what)
        ? { open: what === 'open' }
        : undefined,
    allowed: 'open or closed',
    example: 'open',
  },
  compared: {
    write: (view) =>
      view.of === 'heads' ? `${view.statistic}@mean` : `${view.statistic}@${view.site}`,
    read(what, where) {
      if (among<HeadStatistic>(HEAD_STATISTIC_IDS, what)) {
        return where === 'mean' ? { of: 'heads', statistic: what } : undefined;
      }
      return among(FORWARD_IDS, what) && !isCount(what) && isSite(where)
        ? { of: 'site', statistic: what, site: where }
        : undefined;
    },
    allowed: `one of ${FORWARD_IDS.filter((id) => !isCount(id)).join(', ')} at ${sites}, or one of ${HEAD_STATISTIC_IDS.join(', ')} at mean`,
    example: 'rms@resid_post',
  },
  discrepancy: {
    write: ({ norm }) => norm,
    read: (norm, where) => (where === '' && /^\w+(\.\w+)*$/.test(norm) ? { norm } : undefined),
    allowed: 'a kind of norm such as attn.norm',
    example: 'attn.norm',
  },
  position: {
    write: ({ of }) => of,
    read: (of, where) =>
      where === '' && among<PositionQuantity>(POSITION_QUANTITIES, of) ? { of } : undefined,
    allowed: `one of ${POSITION_QUANTITIES.join(', ')}`,
    example: 'loss',
  },
  panel: {
    write: (panel) => panel ?? 'none',
    read: (panel, where) =>
      where === '' && among([...ENLARGED, 'none'] as const, panel)
        ? panel === 'none'
          ? null
          : panel
        : undefined,
    allowed: `one of ${ENLARGED.join(', ')}, or none`,
    example: 'magnitude',
  },
};

type Panel = keyof View;
const PANELS = Object.keys(CODECS) as Panel[];

const write = <P extends Panel>(panel: P, view: View): string =>
  (CODECS[panel] as Codec<View[P]>).write(view[panel]);

/** `view.…` of the panels that show something else than they do when the page opens. */
export const writeView = (view: View): [string, string][] =>
  PANELS.filter((panel) => write(panel, view) !== write(panel, DEFAULT_VIEW)).map((panel) => [
    `view.${panel}`,
    write(panel, view),
  ]);

/** The view that `view.…` pairs name; what cannot be read stays as the page opens. */
export function readView(pairs: [string, string][]): { view: View; problems: Problem[] } {
  const problems: Problem[] = [];
  const view = { ...DEFAULT_VIEW };
  const put = <P extends Panel>(panel: P, text: string): boolean => {
    const [what = '', where = '', ...more] = text.split('@');
    const read = more.length ? undefined : (CODECS[panel] as Codec<View[P]>).read(what, where);
    if (read !== undefined) view[panel] = read;
    return read !== undefined;
  };
  for (const [key, text] of pairs) {
    const panel = key.replace(/^view\./, '');
    if (!among(PANELS, panel)) {
      problems.push({
        key,
        message: `Unknown setting “${key}”. Known are ${PANELS.map((p) => `view.${p}`).join(', ')}.`,
      });
    } else if (!put(panel, text)) {
      const { allowed, example } = CODECS[panel];
      problems.push({
        key,
        message: `${key} is “${text}”; it must be ${allowed}, as in ${example}.`,
      });
    }
  }
  return { view, problems };
}
