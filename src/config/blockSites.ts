export const SUBLAYERS = { attn: 'attention', mlp: 'MLP' } as const;
export type Sublayer = keyof typeof SUBLAYERS;

/** The shape of a site's tensor, by the dimensions' names. */
export type SiteShape = 'BTD' | 'BHTT' | 'BTV';

export interface SiteKind {
  shape: SiteShape;
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

export type BlockSite = keyof typeof BLOCK_SITES;

export const blockSite = (layer: number, site: BlockSite) => `blocks.${layer}.${site}` as const;

/** The branch that a point of a block belongs to; null for the stream. */
export function branchOf(site: BlockSite): Sublayer | null {
  if (site.startsWith('attn')) return 'attn';
  return site.startsWith('mlp') ? 'mlp' : null;
}
