import { complete } from '../../src/config/check';
import type { Config } from '../../src/config/fields';
import { sitesOf } from '../../src/config/sites';
import { siteStatisticsOf } from '../../src/config/statistics';
import { frameOffsets, unpack, type Layout, type Measurement } from '../../src/protocol/frame';

/** A config of a small model, and the layout that its frames would have. */
export function smallModel(settings: Partial<Config> = {}): { config: Config; layout: Layout } {
  const { config } = complete({ n_layers: 2, n_heads: 2, ...settings });
  const { n_layers, n_heads } = config;
  const params = ['embed.token', 'blocks.0.attn.wq', 'blocks.1.mlp.w_in', 'unembed'];
  const siteStatistics = siteStatisticsOf(config);
  return {
    config,
    layout: { sites: sitesOf(config), siteStatistics, params, norms: [], n_layers, n_heads },
  };
}

/** What is ordinary of a frame; a site, tensor or head takes another value by its number or name. */
export interface Ordinary {
  loss?: number;
  output?: Partial<Measurement['frame']['output']>;
  rms?: Record<string, number>;
  grad_rms?: Record<string, number>;
  overflow?: Record<string, number>;
  param_grad_rms?: Record<string, number>;
  /** Of head 0 of the first layer. */
  entropy?: number;
  max_logit?: number;
}

/** A measurement in which all is ordinary but what is given. */
export function measurementOf(
  { config, layout }: ReturnType<typeof smallModel>,
  step: number,
  { loss = 3, output = {}, entropy = 0.8, max_logit = 2, ...given }: Ordinary = {},
): Measurement {
  const packed = new Float32Array(frameOffsets(layout).size).fill(NaN);
  const frame = unpack(layout, { step, batch: null, packed });
  const put = (values: Float32Array, names: string[], usual: number, other = {}) => {
    values.fill(usual);
    for (const [name, value] of Object.entries<number>(other)) {
      if (!names.includes(name)) throw new Error(`There is no ${name}.`);
      values[names.indexOf(name)] = value;
    }
  };
  const { sites, params } = layout;
  put(frame.site.rms, sites, 1, given.rms);
  put(frame.site.grad_rms, sites, 1e-3, given.grad_rms);
  if (layout.siteStatistics.includes('overflow'))
    put(frame.site.overflow, sites, 0, given.overflow);
  put(frame.param.param_grad_rms, params, 1e-2, given.param_grad_rms);
  put(frame.param.update_ratio, params, 1e-3);
  frame.head.entropy.fill(0.8)[0] = entropy;
  frame.head.max_logit.fill(2)[0] = max_logit;
  const usual = { grad_norm: 1, clip_factor: 1, lr: 1e-3, loss_scale: 1, changed: 1 };
  return {
    config,
    layout,
    frame: { ...frame, loss, output: { ...frame.output, ...usual, ...output } },
  };
}
