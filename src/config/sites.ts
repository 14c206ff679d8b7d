import type { Config } from './fields';
import { hasFinalNorm } from './placements';

/** The shape of a site's tensor, by the dimensions' names. */
export type SiteShape = 'BTD' | 'BHTT' | 'BTV';

interface SiteKind {
  shape: SiteShape;
  /** What flows there. */
  note: string;
}

/** Named points of a block, in the order in which the signal passes them. */
export const BLOCK_SITES = {
  resid_pre: { shape: 'BTD', note: 'the stream as it enters the block' },
  attn_in: { shape: 'BTD', note: 'what attention reads' },
  'attn.q': { shape: 'BTD', note: 'queries of all heads, after the projection' },
  'attn.k': { shape: 'BTD', note: 'keys of all heads, after the projection' },
  'attn.v': { shape: 'BTD', note: 'values of all heads, after the projection' },
  'attn.scores': { shape: 'BHTT', note: 'attention scores, after scaling and before the mask' },
  'attn.pattern': { shape: 'BHTT', note: 'attention weights: each row sums to 1' },
  attn_out: { shape: 'BTD', note: 'the raw output of attention' },
  attn_add: {
    shape: 'BTD',
    note: 'what attention adds to the stream, after any output norm or scale',
  },
  resid_mid: { shape: 'BTD', note: 'the stream between attention and MLP' },
  mlp_in: { shape: 'BTD', note: 'what the MLP reads' },
  mlp_out: { shape: 'BTD', note: 'the raw output of the MLP' },
  mlp_add: {
    shape: 'BTD',
    note: 'what the MLP adds to the stream, after any output norm or scale',
  },
  resid_post: { shape: 'BTD', note: 'the stream as it leaves the block' },
} as const satisfies Record<string, SiteKind>;

/** Points of the stack outside the blocks. */
export const STACK_SITES = {
  embed: { shape: 'BTD', note: 'the embedding: token plus position' },
  final_norm: { shape: 'BTD', note: 'the output of the final norm' },
  logits: { shape: 'BTV', note: 'scores of the vocabulary, before the softmax' },
} as const satisfies Record<string, SiteKind>;

export type BlockSite = keyof typeof BLOCK_SITES;
export type StackSite = keyof typeof STACK_SITES;

export const blockSite = (layer: number, site: BlockSite) => `blocks.${layer}.${site}` as const;
export type SiteName = StackSite | ReturnType<typeof blockSite>;

/** A site's name taken apart: layer and kind. */
export function parseSite(name: SiteName): { layer: number | null; kind: BlockSite | StackSite } {
  const match = /^blocks\.(\d+)\.(.+)$/.exec(name);
  return match
    ? { layer: Number(match[1]), kind: match[2] as BlockSite }
    : { layer: null, kind: name as StackSite };
}

export const shapeOf = (name: SiteName): SiteShape => {
  const { layer, kind } = parseSite(name);
  return layer === null
    ? STACK_SITES[kind as StackSite].shape
    : BLOCK_SITES[kind as BlockSite].shape;
};

/** The sites of a configuration, in the order of the forward pass. */
export function sitesOf(config: Config): SiteName[] {
  const blocks = Array.from({ length: config.n_layers }, (_, layer) =>
    (Object.keys(BLOCK_SITES) as BlockSite[]).map((site) => blockSite(layer, site)),
  ).flat();
  return [
    'embed',
    ...blocks,
    ...(hasFinalNorm(config) ? (['final_norm'] as const) : []),
    ...(config.task === 'gaussian' ? [] : (['logits'] as const)),
  ];
}
