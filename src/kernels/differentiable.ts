import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * A function of tensors with its gradient written by hand, which is given dy and the inputs and returns
 * one gradient per input.
 */
export const differentiable =
  <Inputs extends Tensor[], Output extends Tensor>(
    f: (...inputs: Inputs) => Output,
    gradient: (dy: Output, ...inputs: Inputs) => Tensor[],
  ) =>
  (...inputs: Inputs): Output =>
    tf.customGrad((...args) => {
      const xs = args.slice(0, -1) as Inputs;
      const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
      save(xs);
      return {
        value: f(...xs),
        gradFunc: (dy: Output, saved: Tensor[]) => gradient(dy, ...(saved as Inputs)),
      };
    })(...inputs) as Output;
