import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Config } from '../config/fields';
import { activeAt, parseInterventions, type Intervention } from '../config/interventions';
import { parseSite } from '../config/sites';
import { exempt } from '../kernels/precision';
import { normal } from '../kernels/uniform';
import { drawSeed } from './dropout';
import type { Tap } from './tap';

/** 1 at the features of all heads but one, 0 at those. [D] */
function allBut(head: number, { d_model: D, n_heads: H }: Config): Tensor {
  const size = D / H;
  return tf.tensor1d(new Float32Array(D).fill(1).fill(0, head * size, (head + 1) * size));
}

/** What an intervention makes of what flows at a point of its layers; most points it leaves alone. */
function changed(x: Tensor, kind: string, name: string, one: Intervention, at: Moment): Tensor {
  switch (one.kind) {
    case 'scale':
      return kind === `${one.sublayer}_add` ? tf.mul(x, one.factor) : x;
    case 'silence':
      // Without values a head gives 0, and nothing flows back to its queries and keys.
      return kind === 'attn.v' ? tf.mul(x, allBut(one.head, at.config)) : x;
    case 'noise': {
      if (kind !== one.site) return x;
      const noise = exempt(() => tf.mul(normal(x.shape, drawSeed(`noise/${name}`, at)), one.std));
      return tf.add(x, noise);
    }
    case 'freeze':
      return x;
  }
}

interface Moment {
  config: Config;
  step: number;
}

/** The tap with the interventions of this step before it: it is told of what was made of the signal. */
export function intervening(tap: Tap, at: Moment): Tap {
  const { interventions } = parseInterventions(at.config.interventions);
  if (interventions.length === 0) return tap;
  return (site, x) => {
    const { layer, kind } = parseSite(site);
    const active = layer === null ? [] : activeAt(interventions, layer, at.step);
    const result = active.reduce<Tensor>((y, one) => changed(y, kind, site, one, at), x);
    return tap(site, result as typeof x);
  };
}

/** Whether the interventions of a step keep a parameter from being updated. */
export function isFrozen(name: string, { config, step }: Moment): boolean {
  const match = /^blocks\.(\d+)\.(attn|mlp)\./.exec(name);
  if (!match) return false;
  const { interventions } = parseInterventions(config.interventions);
  return activeAt(interventions, Number(match[1]), step).some(
    (one) => one.kind === 'freeze' && one.sublayer === match[2],
  );
}
