import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { emulation } from './precision/current';
import { addressOf, hasWasmKernels, makeOutput, wasmKernels, type Address } from './wasm/module';
import type { WasmKernels } from './wasm/exports';
import type { TapingBackend } from './webgpu/backend';
import { run, type Program } from './webgpu/program';

type Shape = readonly number[];

/** Arguments of the WebGPU form of a kernel. */
export interface WebGPUCall<Input extends string, Attributes> {
  /** Runs a program after those that were run before. */
  run(program: Program): void;
  /** A tensor for the length of the call. */
  scratch(shape: Shape): TensorInfo;
  backend: TapingBackend;
  inputs: Record<Input, TensorInfo>;
  outputs: TensorInfo[];
  shapes: Record<Input, Shape>;
  attributes: Attributes;
}

/** An operation of ours that is one kernel on the backends named here, with several results. */
export interface Kernel<Input extends string, Attributes> {
  name: string;
  /** Shapes of the results, from those of the inputs. */
  shapes(inputs: Record<Input, Shape>, attributes: Attributes): Shape[];
  /** Calls the module on addresses; that of an input which is not given is 0. */
  wasm(call: {
    kernels: WasmKernels;
    inputs: Record<Input, Address>;
    outputs: Address[];
    shapes: Record<Input, Shape>;
    attributes: Attributes;
  }): void;
  /** Runs programs on tensors; an input which is not given is absent. */
  webgpu?(call: WebGPUCall<Input, Attributes>): void;
}

type Given<Input extends string> = Partial<Record<Input, Tensor | null>>;

/** The backend that is set, if it is the one on which our shaders run. */
export const shaderBackend = (): TapingBackend | null =>
  tf.getBackend() === 'webgpu' && 'dispatch' in tf.backend()
    ? (tf.backend() as TapingBackend)
    : null;

/**
 * True where kernels of ours stand for the library's operations: not on a backend that has none, and not where a
 * format is emulated, in which every operation rounds by itself.
 */
export const hasKernels = (): boolean =>
  emulation() === null &&
  ((tf.getBackend() === 'wasm' && hasWasmKernels()) || shaderBackend() !== null);

const shapesOf = <Input extends string>(inputs: tf.NamedTensorInfoMap) =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, tensor]) => [name, tensor!.shape]),
  ) as unknown as Record<Input, Shape>;

/**
 * Registers a kernel. What is called gives its results; or null where there is none: the caller then
 * composes it of the library's operations. It has no gradient of its own: see `differentiable`.
 */
export function registerKernel<Input extends string, Attributes extends object>(
  kernel: Kernel<Input, Attributes>,
) {
  const onWasm: tf.KernelFunc = ({ inputs, backend, attrs }) => {
    const attributes = attrs as unknown as Attributes;
    const shapes = shapesOf<Input>(inputs);
    const addresses: Partial<Record<string, Address>> = {};
    const outputs = kernel.shapes(shapes, attributes).map((shape) => makeOutput(backend, shape));
    for (const name in inputs) addresses[name] = addressOf(backend, inputs[name] as TensorInfo);
    kernel.wasm({
      kernels: wasmKernels(),
      inputs: addresses as Record<Input, Address>,
      outputs: outputs.map((output) => addressOf(backend, output)),
      shapes,
      attributes,
    });
    return outputs;
  };
  const onWebGPU: tf.KernelFunc = ({ inputs, backend: current, attrs }) => {
    const backend = current as unknown as TapingBackend;
    const attributes = attrs as unknown as Attributes;
    const shapes = shapesOf<Input>(inputs);
    const make = (shape: Shape) => backend.makeTensorInfo([...shape], 'float32');
    const outputs = kernel.shapes(shapes, attributes).map(make);
    const borrowed: TensorInfo[] = [];
    kernel.webgpu!({
      run: (program) => {
        run(backend, program);
      },
      scratch(shape) {
        const tensor = make(shape);
        borrowed.push(tensor);
        return tensor;
      },
      backend,
      inputs: inputs as unknown as Record<Input, TensorInfo>,
      outputs,
      shapes,
      attributes,
    });
    for (const { dataId } of borrowed) backend.disposeData(dataId);
    return outputs;
  };
  tf.registerKernel({ kernelName: kernel.name, backendName: 'wasm', kernelFunc: onWasm });
  if (kernel.webgpu) {
    tf.registerKernel({ kernelName: kernel.name, backendName: 'webgpu', kernelFunc: onWebGPU });
  }
  const isHere = () => hasKernels() && (kernel.webgpu !== undefined || tf.getBackend() === 'wasm');

  return (inputs: Given<Input>, attributes: Attributes): Tensor[] | null => {
    if (!isHere()) return null;
    const given: Record<string, Tensor> = {};
    for (const name in inputs) {
      const tensor = inputs[name];
      if (tensor) given[name] = tensor;
    }
    return tf.engine().runKernel(kernel.name, given, attributes as unknown as tf.NamedAttrMap);
  };
}
