import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * One node of the graph with its gradient written by hand: `forward` says what the gradient will need,
 * `backward` is given dy and that, and returns one gradient per input. What happens inside is not
 * recorded, so that a node of many operations costs the tape one entry.
 */
export const differentiable =
  <Inputs extends Tensor[], Output extends Tensor>(
    forward: (...inputs: Inputs) => { value: Output; saved: Tensor[] },
    backward: (dy: Output, ...saved: Tensor[]) => Tensor[],
  ) =>
  (...inputs: Inputs): Output =>
    tf.customGrad((...args) => {
      const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
      const { value, saved } = forward(...(args.slice(0, -1) as Inputs));
      save(saved);
      return {
        value,
        gradFunc: (dy: Output, saved: Tensor[]) => backward(dy, ...saved),
      };
    })(...inputs) as Output;
