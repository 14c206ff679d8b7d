import { STATISTIC_IDS } from '../config/statistics';
import { frameOffsets, type Layout, type PackedFrame } from '../protocol/frame';

/** For each name of `to`, where `from` has it, or −1. */
const places = (from: readonly string[], to: readonly string[]): number[] => {
  const at = new Map(from.map((name, i) => [name, i]));
  return to.map((name) => at.get(name) ?? -1);
};

const sameShape = (a: Layout, b: Layout) =>
  a.n_layers === b.n_layers &&
  a.n_heads === b.n_heads &&
  a.sites.join() === b.sites.join() &&
  a.siteStatistics.join() === b.siteStatistics.join() &&
  a.params.join() === b.params.join() &&
  a.norms.join() === b.norms.join();

/**
 * A frame of one layout told in another: sites and parameters by their names, heads where there are as
 * many; NaN where the frame has nothing of that name. For a model that was changed under training.
 */
export function aligner(from: Layout, to: Layout): (frame: PackedFrame) => PackedFrame {
  if (sameShape(from, to)) return (frame) => frame;
  const a = frameOffsets(from);
  const b = frameOffsets(to);
  const sites = places(from.sites, to.sites);
  const params = places(from.params, to.params);
  const norms = places(from.norms, to.norms);
  const heads = from.n_heads === to.n_heads ? Math.min(from.n_layers, to.n_layers) * to.n_heads : 0;

  return ({ step, batch, packed: old }) => {
    const packed = new Float32Array(b.size).fill(NaN);
    packed[b.loss] = old[a.loss]!;
    const copy = (section: 'output' | 'site' | 'param' | 'norm', indices: number[]) => {
      for (const [id, start] of Object.entries<number>(b[section])) {
        const oldStart = (a[section] as Partial<Record<string, number>>)[id];
        if (oldStart === undefined) continue;
        indices.forEach((from, i) => {
          if (from >= 0) packed[start + i] = old[oldStart + from]!;
        });
      }
    };
    copy('output', [0]);
    copy('site', sites);
    copy('param', params);
    copy('norm', norms);
    for (const id of STATISTIC_IDS.head) {
      packed.set(old.subarray(a.head[id], a.head[id] + heads), b.head[id]);
    }
    return { step, batch, packed };
  };
}
