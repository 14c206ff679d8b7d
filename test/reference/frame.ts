import { updatesOf, type RefConfig } from './config';
import { forward, type Batch, type Forward, type Options, type Weights } from './model';
import {
  headStatistics,
  outputStatistics,
  rms,
  siteStatistics,
  type HeadStatistics,
  type OutputStatistics,
  type SiteStatistics,
} from './statistics';
import { backward } from './tape';

export interface ReferenceFrame {
  loss: number;
  /** In the order of the forward pass. */
  site: Map<string, SiteStatistics>;
  /** Each [L][H]. */
  head: Record<keyof HeadStatistics, number[][]>;
  output: OutputStatistics;
  param: Map<string, { param_rms: number; param_grad_rms: number }>;
  grads: Map<string, Float64Array>;
  values: Map<string, Float64Array>;
  gradients: Map<string, Float64Array>;
  /** Running statistics and singular vectors as the next step finds them. */
  buffers: Map<string, Float64Array>;
  /** What rounding lost, all sites together. */
  lost: Record<'underflow' | 'overflow' | 'grad_underflow' | 'grad_overflow', number>;
}

export function referenceFrame(
  config: RefConfig,
  weights: Weights,
  batch: Batch | null,
  options?: Options,
): ReferenceFrame {
  const run = forward(config, weights, batch, options);
  const { underflow, overflow } = run.lost;
  const loss_scale = run.settings.loss_scale || 65536; // where a dynamic one begins
  backward(run.loss, loss_scale);
  for (const { grad } of [...run.sites.values(), ...run.params.values()]) {
    grad.forEach((g, i) => (grad[i] = g / loss_scale));
  }
  const logits = run.sites.get('logits');
  return {
    loss: run.loss.data[0]!,
    site: measureSites(run),
    head: measureHeads(run),
    output: logits
      ? outputStatistics(logits, batch!.targets)
      : { logit_rms: NaN, output_entropy: NaN, accuracy: NaN, ece: NaN },
    param: mapValues(run.params, ({ data, grad }) => ({
      param_rms: rms(data),
      param_grad_rms: rms(grad),
    })),
    grads: mapValues(run.params, ({ grad }) => grad),
    values: mapValues(run.sites, ({ data }) => data),
    gradients: mapValues(run.sites, ({ grad }) => grad),
    buffers: run.buffers,
    lost: {
      underflow,
      overflow,
      grad_underflow: run.lost.underflow - underflow,
      grad_overflow: run.lost.overflow - overflow,
    },
  };
}

/** The loss alone, without a backward pass. */
export const referenceLoss = (...args: Parameters<typeof forward>): number =>
  forward(...args).loss.data[0]!;

function mapValues<A, B>(source: Map<string, A>, f: (value: A) => B): Map<string, B> {
  return new Map([...source].map(([name, value]) => [name, f(value)]));
}

function measureSites({ settings, sites }: Forward): ReferenceFrame['site'] {
  const measured = mapValues(sites, siteStatistics);
  for (let layer = 0; layer < settings.n_layers; layer++) {
    updatesOf(settings).forEach((branches, step) => {
      const stream = measured.get(`blocks.${layer}.${step === 0 ? 'resid_pre' : 'resid_mid'}`)!;
      for (const branch of branches) {
        const added = measured.get(`blocks.${layer}.${branch}_add`)!;
        added.branch_ratio = added.rms / stream.rms;
      }
    });
  }
  return measured;
}

function measureHeads({ settings, sites }: Forward): ReferenceFrame['head'] {
  const { n_layers, n_heads, causal } = settings;
  const heads = Array.from({ length: n_layers }, (_, layer) => {
    const scores = sites.get(`blocks.${layer}.attn.scores`);
    const pattern = sites.get(`blocks.${layer}.attn.pattern`);
    if (!scores || !pattern) return null; // no attention in this stack
    return Array.from({ length: n_heads }, (_, h) => headStatistics(scores, pattern, h, causal));
  });
  const each = (statistic: keyof HeadStatistics): number[][] =>
    heads.map((layer) => layer?.map((head) => head[statistic]) ?? Array(n_heads).fill(NaN));
  return {
    entropy: each('entropy'),
    max_logit: each('max_logit'),
    sink: each('sink'),
    distance: each('distance'),
  };
}
