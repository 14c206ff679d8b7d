import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor3D } from '@tensorflow/tfjs-core';
import { casting } from '../kernels/precision/current';
import { cast, inFormat, rounded } from '../kernels/precision/emulate';
import type { Context, Params } from '../model/context';
import { unflatten } from '../model/flat';
import { intervening } from '../model/interventions';
import { objectives, type LossInputs } from '../model/loss';
import { transformer } from '../model/transformer';
import type { StepInputs } from './inputs';
import type { ParamSpec } from '../model/params';
import { maskOf, type Plan } from './plan';
import type { State } from './state';

/** The tensors of a state that enter a pass, in the format that is emulated. */
export interface Sources {
  params: Params;
  /** The stream’s start where there are no tokens. */
  x0: Tensor3D | null;
}

/** Parameters as the pass reads them: rounded all, or where the policy casts operands of products, these. */
export function sourcesOf({ flat }: Plan, { theta, constants }: State): Sources {
  const x0 = constants['x0'] as Tensor3D | undefined;
  const isOperand = (spec: ParamSpec) => spec.operand === true;
  const read = casting() ? cast(theta, tf.tensor1d(maskOf(flat, isOperand))) : rounded(theta);
  const params = unflatten(read, flat);
  for (const { name } of flat.specs.filter(isOperand)) inFormat(params[name]!);
  return { params, x0: x0 ? rounded(x0) : null };
}

/** The ways in which one pass forward differs from another over the same tensors. */
export type Mode = Pick<Context, 'training' | 'tap'> & Partial<Pick<Context, 'renew' | 'observe'>>;

const ignore = () => {};

/** The model forward, with the interventions of its step: the last site before the unembedding, and the logits. */
export function forward(
  { config, layers, interventions }: Plan,
  { buffers }: State,
  { params, x0 }: Sources,
  { tokens, step, draw }: StepInputs,
  { training, tap, renew = ignore, observe = ignore }: Mode,
) {
  const tapped = intervening(tap, { config, interventions, step, draw });
  return transformer(tokens ? tokens.inputs : x0!, {
    config,
    plans: layers,
    params,
    buffers,
    training,
    draw,
    tap: tapped,
    renew,
    observe,
  });
}

export function lossOf(
  { config }: Plan,
  { constants }: State,
  { tokens }: StepInputs,
  { out, logits }: Pick<LossInputs, 'out' | 'logits'>,
): Scalar {
  const projection = (constants['R'] as Tensor3D | undefined) ?? null;
  return objectives[config.objective]({ out, logits, tokens, projection });
}
