import type { Raw } from '../protocol/raw';
import { depthSites } from './course';
import { dot, float64, rowLengths } from './numbers';
import type { LaneStream } from './readings';

/** The angle between two vectors of this cosine over π, in [0, 1]. Rounding may have left it beyond 1. */
const distance = (cosine: number): number => Math.acos(Math.max(-1, Math.min(1, cosine))) / Math.PI;

/**
 * Angular distances arccos(cos(x_l, x_m))/π of the streams at all depths (Gromov et al. 2024, The Unreasonable
 * Ineffectiveness of the Deeper Layers, eq. 3): at the last position as the mean over sequences, and as the mean over all
 * tokens.
 */
export function angularDistances({ config, values }: Raw): LaneStream['angular'] {
  const { d_model: D } = config;
  const sites = depthSites(config);
  const streams = sites.map((site) => float64(values[site]!.data));
  const lengths = streams.map((x) => rowLengths(x, D));
  const T = values[sites[0]!]!.shape[1]!;
  const N = lengths[0]!.length;
  const table = () => streams.map(() => new Array<number>(streams.length).fill(0));
  const [last, mean] = [table(), table()];
  for (let l = 1; l < streams.length; l++) {
    for (let m = 0; m < l; m++) {
      let atEnds = 0;
      let total = 0;
      for (let n = 0; n < N; n++) {
        const along = dot(streams[l]!, streams[m]!, n * D, D);
        const angle = distance(along / lengths[l]![n]! / lengths[m]![n]!);
        total += angle;
        if (n % T === T - 1) atEnds += angle;
      }
      last[l]![m] = last[m]![l] = (atEnds * T) / N;
      mean[l]![m] = mean[m]![l] = total / N;
    }
  }
  return { last, mean };
}
