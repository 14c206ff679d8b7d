import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { Config } from '../config/fields';
import { activeAt, type Intervention } from '../config/interventions';
import { parseSite, type SiteName } from '../config/sites';
import { exempt } from '../kernels/precision/emulate';
import { normal } from '../kernels/operations/uniform';
import { drawSeed } from './dropout';
import type { Tap } from './tap';

/** 1 at the features of all heads but one, 0 at those. [D] */
function allBut(head: number, { d_model: D, n_heads: H }: Config): Tensor {
  const size = D / H;
  return tf.tensor1d(new Float32Array(D).fill(1).fill(0, head * size, (head + 1) * size));
}

/** The kind of site at which an intervention changes what flows; null where it changes nothing that flows. */
function actsAt(one: Intervention): string | null {
  switch (one.kind) {
    case 'scale':
      return `${one.sublayer}_add`;
    case 'silence':
      // Without values a head gives 0, and nothing flows back to its queries and keys.
      return 'attn.v';
    case 'noise':
      return one.site;
    case 'freeze':
      return null;
  }
}

/** The signal at a site as an intervention leaves it. */
function changed(x: Tensor, name: string, one: Intervention, at: Moment): Tensor {
  switch (one.kind) {
    case 'scale':
      return tf.mul(x, one.factor);
    case 'silence':
      return tf.mul(x, allBut(one.head, at.config));
    case 'noise': {
      const noise = exempt(() => tf.mul(normal(x.shape, drawSeed(`noise/${name}`, at)), one.std));
      return tf.add(x, noise);
    }
    case 'freeze':
      return x;
  }
}

/** The interventions of a model and the step of which they are asked. */
export interface Moment {
  config: Config;
  interventions: Intervention[];
  step: number;
  /** The step, for random draws: see `Context`. */
  draw: Tensor1D;
}

/** The tap with the interventions of this step before it: it is told of what was made of the signal. */
export function intervening(tap: Tap, at: Moment): Tap {
  const { interventions } = at;
  if (interventions.length === 0) return tap;
  const actingAt = (site: SiteName) => {
    const { layer, kind } = parseSite(site);
    const active = layer === null ? [] : activeAt(interventions, layer, at.step);
    return active.filter((one) => actsAt(one) === kind);
  };
  const changing = <T extends Tensor>(site: SiteName, x: T): T =>
    tap(site, actingAt(site).reduce<Tensor>((y, one) => changed(y, site, one, at), x) as T);
  return Object.assign(changing, {
    listener: (site: SiteName) => (actingAt(site).length ? null : tap.listener(site)),
  });
}

/** Tests of a parameter that the interventions of a step keep from being updated. */
export function isFrozen(
  name: string,
  { interventions, step }: Pick<Moment, 'interventions' | 'step'>,
): boolean {
  const match = /^blocks\.(\d+)\.(attn|mlp)\./.exec(name);
  if (!match) return false;
  return activeAt(interventions, Number(match[1]), step).some(
    (one) => one.kind === 'freeze' && one.sublayer === match[2],
  );
}
