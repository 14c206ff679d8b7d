import { complete } from '../config/check';
import type { Config } from '../config/fields';
import { readTyped } from '../config/quantity';
import { decodeLink, encodeLink } from '../runs/link';
import { DEFAULT_VIEW, OFFERS, type QuantityPanel, type View } from '../runs/view';
import { perObject } from '../lib/objects';
import type { Claim } from './claim';

/** Seeds that a page with theory shows the mean and the band of: a single one may be far off what is expected. */
const SEEDS = 4;

interface Page extends Partial<Record<QuantityPanel, string>> {
  /** Settings of all lanes. */
  settings?: Partial<Config>;
  /** Settings of each lane besides. */
  lanes: readonly Partial<Config>[];
  /** Draw the predicted curves over the measured ones. */
  theory?: View['theory'];
  /** Everything of the page that is no quantity of a panel. */
  view?: Partial<View>;
  /** The moment on show. */
  step?: number;
}

/** A link to a page with these lanes, whose panels show these quantities (`magnitude: 'rms@resid_post'`). */
export function linkTo({
  settings = {},
  lanes,
  theory = 'off',
  view = {},
  step,
  ...panels
}: Page): string {
  const quantities = (Object.keys(OFFERS) as QuantityPanel[]).flatMap((panel) => {
    const typed = panels[panel];
    return typed === undefined ? [] : [[panel, readTyped(typed)] as const];
  });
  return encodeLink({
    configs: lanes.map((own) => complete({ ...settings, ...own }).config),
    view: {
      ...DEFAULT_VIEW,
      theory,
      seeds: theory === 'off' ? 0 : SEEDS,
      ...view,
      ...Object.fromEntries(quantities),
    },
    step,
  });
}

/** The links of a claim with its id, so that the page names what it was opened for. */
export const pagesOf = ({ id, links }: Claim): string[] =>
  links.map((link) => `${link}&view.claims=of:${id}`);

/** The lanes of all links of a claim, in their order. Throws for a link that is not read as it stands. */
export const lanesOf = perObject(({ id, links, lanes }: Claim): readonly Config[] => {
  const configs = links.flatMap((link) => {
    const { configs, problems } = decodeLink(link);
    if (problems[0]) throw new Error(`Claim ${id}: ${problems[0].message}`);
    return configs;
  });
  if (configs.length !== lanes.length) {
    throw new Error(
      `Claim ${id} names ${lanes.length} lanes, and its links have ${configs.length}.`,
    );
  }
  return configs;
});
