import { DEFAULTS, type Config } from '../../src/config/fields';
import { BLOCK_SITES, blockSite, type BlockSite, type SiteName } from '../../src/config/sites';
import type { LaneEvidence } from '../../src/labs/evidence';
import { unpack, frameOffsets, type Layout, type Measurement } from '../../src/protocol/frame';

const HEADS = 2;

/** A measurement in which `rms` of the stream is 2 to the power of the layer, times the step + 1, and all else is 1. */
export function measured(config: Config, step: number, loss: number): Measurement {
  const sites: SiteName[] = [
    'embed',
    ...Array.from({ length: config.n_layers }, (_, layer) =>
      (Object.keys(BLOCK_SITES) as BlockSite[]).map((site) => blockSite(layer, site)),
    ).flat(),
  ];
  const layout: Layout = {
    sites,
    siteStatistics: ['rms', 'grad_rms'],
    params: ['unembed'],
    norms: [],
    n_layers: config.n_layers,
    n_heads: HEADS,
  };
  const packed = new Float32Array(frameOffsets(layout).size).fill(1);
  const frame = unpack(layout, { step, batch: null, packed });
  sites.forEach((site, i) => {
    const layer = /^blocks\.(\d+)\.resid_post$/.exec(site)?.[1];
    if (layer !== undefined) frame.site.rms[i] = 2 ** Number(layer) * (step + 1);
  });
  // Heads are 1, 2, 3, …, layer by layer.
  frame.head.entropy.forEach((_, i, all) => (all[i] = i + 1));
  return { config, layout, frame: { ...frame, loss } };
}

/** A run that was measured at these steps, with these losses. */
export function laneAt(
  settings: Partial<Config>,
  losses: Record<number, number>,
  more: Partial<LaneEvidence> = {},
): LaneEvidence {
  const config = { ...DEFAULTS, n_layers: 4, ...settings };
  return {
    config,
    step: Math.max(...Object.keys(losses).map(Number)),
    measured: (step) => (step in losses ? measured(config, step, losses[step]!) : null),
    changes: [],
    alarm: null,
    isDiverged: false,
    theory: ({ statistic }) =>
      statistic === 'rms'
        ? { layers: [0, 1, 2, 3].map((x) => ({ x, y: 2 ** x })), embed: null, final: null }
        : null,
    ...more,
  };
}
