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
