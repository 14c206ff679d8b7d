import type { Problem } from '../config/check';
import { BLOCK_SITES, type BlockSite } from '../config/sites';
import {
  HEAD_STATISTIC_IDS,
  PARAM_STATISTIC_IDS,
  SITE_STATISTIC_IDS,
  type HeadStatistic,
  type ParamStatistic,
} from '../config/statistics';
import { DEFAULT_VIEW, type View } from './state';

/** What one panel shows, as `what@where`. */
interface Codec<V> {
  write(view: V): [what: string, where: string];
  /** Null when it names nothing that can be shown. */
  read(what: string, where: string): V | null;
  /** What is allowed, in words. */
  allowed: string;
}

const isSite = (where: string): where is BlockSite => Object.hasOwn(BLOCK_SITES, where);
const among = <K extends string>(ids: readonly K[], id: string): id is K =>
  (ids as readonly string[]).includes(id);

const MAGNITUDES = SITE_STATISTIC_IDS.filter((id) => id !== 'grad_rms');
const HEADS = ['mean', 'heads'] as const;
const sites = `a site of a block (${Object.keys(BLOCK_SITES).join(', ')})`;

const CODECS: { [P in keyof View]: Codec<View[P]> } = {
  magnitude: {
    write: ({ statistic, site }) => [statistic, site],
    read: (statistic, site) =>
      among(MAGNITUDES, statistic) && isSite(site) ? { statistic, site } : null,
    allowed: `one of ${MAGNITUDES.join(', ')} at ${sites}`,
  },
  gradient: {
    write: (view) =>
      view.of === 'activations' ? ['activations', view.site] : [view.statistic, view.kind],
    read(what, where) {
      if (what === 'activations') return isSite(where) ? { of: 'activations', site: where } : null;
      // Which kinds there are is the model's to say, and it differs from setting to setting.
      return among<ParamStatistic>(PARAM_STATISTIC_IDS, what) && /^\w+(\.\w+)*$/.test(where)
        ? { of: 'parameters', kind: where, statistic: what }
        : null;
    },
    allowed: `activations at ${sites}, or one of ${PARAM_STATISTIC_IDS.join(', ')} at a kind of parameter such as attn.wq`,
  },
  attention: {
    write: (view) =>
      view.of === 'tokens'
        ? ['token_cosine', view.site]
        : [view.statistic, view.each ? 'heads' : 'mean'],
    read(what, where) {
      if (what === 'token_cosine') return isSite(where) ? { of: 'tokens', site: where } : null;
      return among<HeadStatistic>(HEAD_STATISTIC_IDS, what) && among(HEADS, where)
        ? { of: 'heads', statistic: what, each: where === 'heads' }
        : null;
    },
    allowed: `one of ${HEAD_STATISTIC_IDS.join(', ')} at ${HEADS.join(' or ')}, or token_cosine at ${sites}`,
  },
};

type Panel = keyof View;
const PANELS = Object.keys(CODECS) as Panel[];

const write = <P extends Panel>(panel: P, view: View): string =>
  (CODECS[panel] as Codec<View[P]>).write(view[panel]).join('@');

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
    const read = more.length ? null : (CODECS[panel] as Codec<View[P]>).read(what, where);
    if (read) view[panel] = read;
    return read !== null;
  };
  for (const [key, text] of pairs) {
    const panel = key.replace(/^view\./, '');
    if (!among(PANELS, panel)) {
      problems.push({
        key,
        message: `Unknown setting “${key}”. Known are ${PANELS.map((p) => `view.${p}`).join(', ')}.`,
      });
    } else if (!put(panel, text)) {
      problems.push({
        key,
        message: `${key} is “${text}”; it must be ${CODECS[panel].allowed}, as in ${write(panel, DEFAULT_VIEW)}.`,
      });
    }
  }
  return { view, problems };
}
