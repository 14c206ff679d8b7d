import type { Config } from './fields';
import { BLOCK_SITES, blockSite, branchOf, type BlockSite, type SiteKind } from './blockSites';
import { hasFinalNorm, updatesOf } from './layers';

export { BLOCK_SITES, blockSite, type BlockSite, type SiteShape } from './blockSites';

/** Points of the stack outside the blocks. */
export const STACK_SITES = {
  embed: { shape: 'BTD', note: 'the embedding: token plus position' },
  final_norm: { shape: 'BTD', note: 'the output of the final norm' },
  logits: { shape: 'BTV', note: 'scores of the vocabulary, before the softmax' },
} as const satisfies Record<string, SiteKind>;

export type StackSite = keyof typeof STACK_SITES;

export type SiteName = StackSite | ReturnType<typeof blockSite>;

export function parseSite(name: SiteName): { layer: number | null; kind: BlockSite | StackSite } {
  const match = /^blocks\.(\d+)\.(.+)$/.exec(name);
  return match
    ? { layer: Number(match[1]), kind: match[2] as BlockSite }
    : { layer: null, kind: name as StackSite };
}

const KINDS: Record<BlockSite | StackSite, SiteKind> = { ...BLOCK_SITES, ...STACK_SITES };

export const shapeOf = (name: SiteName) => KINDS[parseSite(name).kind].shape;

/** Sites whose tensor has a row for every token; scores and pattern have one for every pair. */
export const isPerToken = (kind: BlockSite | StackSite): boolean => KINDS[kind].shape !== 'BHTT';

export const isJoint = (kind: BlockSite | StackSite): boolean =>
  kind === 'attn_add' || kind === 'mlp_add';

type Precision = Pick<
  Config,
  'precision' | 'precision_policy' | 'attention' | 'positions' | 'attn_softcap' | 'logit_softcap'
>;

/** Sites that hold the result of a matrix product, where nothing in between changes it. */
const PRODUCTS: Partial<Record<BlockSite | StackSite, (c: Precision) => boolean>> = {
  'attn.q': () => true,
  'attn.k': () => true,
  'attn.v': () => true,
  'attn.scores': ({ attention, attn_softcap, positions }) =>
    attention === 'softmax' && attn_softcap === 0 && !positions.startsWith('alibi'),
  attn_out: () => true,
  mlp_out: () => true,
  logits: ({ logit_softcap }) => logit_softcap === 0,
};

/**
 * Tests of a site at which the format's ends are those of the numbers. Under autocast that is where the result of a
 * matrix product stands: it is stored in the format, and its gradient is cast to it as it enters the product's own.
 * All else is float32 then.
 */
export const isInFormat = (kind: BlockSite | StackSite, config: Precision): boolean =>
  config.precision !== 'fp32' &&
  (config.precision_policy === 'every_op' || PRODUCTS[kind]?.(config) === true);

/** The points of a block that a configuration has, in the order of the forward pass. */
export function blockSitesOf(config: Pick<Config, 'sublayers' | 'topology'>): BlockSite[] {
  const updates = updatesOf(config);
  return (Object.keys(BLOCK_SITES) as BlockSite[]).filter((site) => {
    const branch = branchOf(site);
    if (branch) return updates.flat().includes(branch);
    return site !== 'resid_mid' || updates.length > 1;
  });
}

export function sitesOf(config: Config): SiteName[] {
  const inBlock = blockSitesOf(config);
  const blocks = Array.from({ length: config.n_layers }, (_, layer) =>
    inBlock.map((site) => blockSite(layer, site)),
  ).flat();
  return [
    'embed',
    ...blocks,
    ...(hasFinalNorm(config) ? (['final_norm'] as const) : []),
    ...(config.task === 'gaussian' ? [] : (['logits'] as const)),
  ];
}
