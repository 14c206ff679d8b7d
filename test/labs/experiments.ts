/** Experiments that students may try for a check: settings that are added to the link of the step’s page. */
export interface Tried {
  /** It must pass with these, which the page allows. */
  right: readonly string[];
  /** And fail with these. */
  wrong: readonly string[];
  /** Added to the seed of every lane; a check whose seed is open begins at another. */
  seeds?: readonly number[];
}

/** A setting of a second lane that is post-LN, as it is where a link says nothing of it. */
const onPost = (setting: string) => `b.placement=post&b.${setting}`;

/** Experiments for every check of the labs that ship, by lab and check. */
export const EXPERIMENTS: Record<string, Record<string, Tried>> = {
  'why-normalize': {
    sixteen: { right: ['n_layers=16'], wrong: ['', 'n_layers=12'] },
    without: {
      right: ['b.residual_scale=rezero', 'b.residual_scale=inv_sqrt_depth', 'b.init=gpt2'],
      wrong: ['', 'b.lr=0.0001', 'b.warmup_steps=100', 'b.grad_clip=1', 'b.qk_norm=rmsnorm'],
    },
  },
  'pre-against-post': {
    starved: { right: [''], wrong: ['b.placement=post&b.residual_scale=inv_sqrt_depth'] },
    repaired: {
      right: ['residual_scale=inv_sqrt_depth', 'residual_scale=rezero'].map(onPost),
      wrong: ['warmup_steps=100', 'lr=0.0003', 'lr=0.003', 'qk_norm=rmsnorm', 'norm=rmsnorm'].map(
        onPost,
      ),
    },
  },
  'rmsnorm-and-the-mean': {
    'mean-passes': {
      right: [''],
      wrong: ['embed_std=1&positions=learned'],
      seeds: [0, 1, 2, 3, 4],
    },
    control: {
      right: ['c.seed=1', 'c.seed=2'],
      wrong: ['', 'c.norm=scalenorm', 'b.seed=1&c.seed=1'],
      seeds: [0, 3],
    },
  },
  'depth-and-theory': {
    agree: { right: [''], wrong: ['placement=post'], seeds: [0, 1, 2, 3, 4] },
    specified: {
      right: ['residual_scale=inv_sqrt_depth', 'placement=post'],
      wrong: [
        '',
        'residual_scale=rezero',
        'residual_scale=layerscale',
        'norm_scale=inv_sqrt_layer',
        'init_gain=0.1',
      ],
    },
  },
  'warm-up': {
    lost: { right: [''], wrong: ['placement=pre'] },
    short: {
      right: ['b.warmup_steps=60', 'b.warmup_steps=80'],
      wrong: ['', 'b.warmup_steps=10', 'b.warmup_steps=20'],
    },
  },
  precision: {
    overflows: { right: [''], wrong: ['placement=peri'] },
    saved: {
      right: ['b.placement=peri', 'b.precision_policy=autocast', 'b.residual_scale=inv_sqrt_depth'],
      wrong: ['', 'b.norm_eps=0.001', 'b.loss_scale=65536', 'b.grad_clip=1'],
    },
    tiny: { right: [''], wrong: ['embed_std=0.001'] },
  },
  'attention-entropy': {
    stays: { right: [''], wrong: ['b.lr=0.03'] },
    braked: {
      right: ['b.qk_norm=layernorm', 'b.attn_softcap=50', 'b.weight_reparam=sigma'],
      wrong: ['', 'b.grad_clip=0.1', 'b.warmup_steps=100'],
    },
  },
  batchnorm: {
    below: { right: [''], wrong: ['lr=0.0003'] },
    closed: { right: ['b.batch_size=16'], wrong: ['', 'b.seq_len=4'] },
    apart: { right: [''], wrong: ['b.batch_size=4'] },
  },
  ablations: {
    chance: { right: ['b.init=gpt2'], wrong: ['', 'b.lr=0.0003', 'b.lr=0.01'] },
    deep: { right: ['n_layers=8', 'n_layers=12'], wrong: [''] },
    again: { right: [''], wrong: [], seeds: [1, 2, 3] },
  },
};
