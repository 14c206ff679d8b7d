import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';

/** A method of the library's engine, which the library itself uses for custom gradients of one result. */
interface Engine {
  runKernelFunc(node: {
    forwardFunc(backend: unknown, save: (tensors: Tensor[]) => void): Tensor | Tensor[];
    backwardsFunc(dy: Tensor | Tensor[], saved: Tensor[]): Record<string, () => Tensor>;
    inputs: NamedTensorMap;
  }): Tensor | Tensor[];
}

/**
 * One node of the graph with its gradient written by hand: `forward` says what the gradient will need,
 * `backward` is given dy and that, and returns one gradient per input. What happens inside is not
 * recorded, so that a node of many operations costs the tape one entry. A node may have several results:
 * then dy is a list of as many.
 */
export const differentiable =
  <Inputs extends Tensor[], Output extends Tensor | Tensor[]>(
    forward: (...inputs: Inputs) => { value: Output; saved: Tensor[] },
    backward: (dy: Output, ...saved: Tensor[]) => Tensor[],
  ) =>
  (...inputs: Inputs): Output =>
    (tf.engine() as unknown as Engine).runKernelFunc({
      forwardFunc(_backend, save) {
        const { value, saved } = forward(...inputs);
        save(saved);
        return value;
      },
      backwardsFunc(dy, saved) {
        const gradients = backward(dy as Output, ...saved);
        return Object.fromEntries(gradients.map((gradient, i) => [String(i), () => gradient]));
      },
      inputs: Object.fromEntries(inputs.map((input, i) => [String(i), input])),
    }) as Output;
