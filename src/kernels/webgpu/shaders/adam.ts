import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, f32, type Program } from '../program';

interface AdamNumbers {
  beta1: number;
  beta2: number;
  eps: number;
  decay: number;
  decoupled: boolean;
}

type Vectors<Name extends string> = Record<Name, TensorInfo>;

/**
 * One Adam update: first the moments, then the step. In two, because a device may bind no more than eight
 * tensors at once.
 */
export function adamPrograms(
  { beta1, beta2, eps, decay, decoupled }: AdamNumbers,
  {
    theta,
    g,
    m,
    v,
    decays,
    rate,
    correction1,
    correction2,
  }: Vectors<'theta' | 'g' | 'm' | 'v' | 'decays' | 'rate' | 'correction1' | 'correction2'>,
  { delta, mNext, vNext }: Vectors<'delta' | 'mNext' | 'vNext'>,
): Program[] {
  const size = g.shape[0]!;
  return [
    elementwise(
      {
        name: 'AdamMoments',
        inputs: { theta, g, m, v, decays },
        outputs: { mNext, vNext },
        uniforms: {
          ...{ beta1: f32(beta1), beta2: f32(beta2) },
          // Taken here: float32 would lose digits of them.
          ...{ rest1: f32(1 - beta1), rest2: f32(1 - beta2) },
          decay: f32(decoupled ? 0 : decay),
        },
        code: () => `
          fn each(i: u32) {
            var slope = g[i];
            if (u.decay != 0.0) { slope += theta[i] * decays[i] * u.decay; }
            mNext[i] = m[i] * u.beta1 + slope * u.rest1;
            vNext[i] = v[i] * u.beta2 + slope * u.rest2 * slope;
          }`,
      },
      size,
    ),
    elementwise(
      {
        name: 'AdamStep',
        inputs: { first: mNext, second: vNext, theta, decays, rate, correction1, correction2 },
        outputs: { delta },
        uniforms: { eps: f32(eps), decay: f32(decoupled ? decay : 0) },
        code: () => `
          fn each(i: u32) {
            let root = sqrt(second[i]) * (1.0 / sqrt(correction2[0])) + u.eps;
            var direction = first[i] * (1.0 / correction1[0]) / root;
            if (u.decay != 0.0) { direction += theta[i] * decays[i] * u.decay; }
            delta[i] = direction * -rate[0];
          }`,
      },
      size,
    ),
  ];
}
