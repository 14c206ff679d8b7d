import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../lib/shapes';
import { emulation, roundingAll, roundingOf, type Emulation } from './precision/current';
import { roundsByItself } from './precision/emulate';
import { addressOf, hasWasmKernels, makeOutput, wasmKernels, type Address } from './wasm/module';
import type { WasmKernels } from './wasm/exports';
import type { TapingBackend } from './webgpu/backend';
import { run, type Program } from './webgpu/program';

type Shape = readonly number[];

/** Arguments of the WebGPU form of a kernel. */
export interface WebGPUCall<Input extends string, Attributes> {
  /** Runs a program after those that were run before. */
  run(program: Program): void;
  /** True where a format is emulated inside. */
  rounds: boolean;
  /** Most tensors that a program may bind: those of the device, less that of a counter. */
  room: number;
  /** A tensor for the length of the call. */
  scratch(shape: Shape): TensorInfo;
  backend: TapingBackend;
  inputs: Record<Input, TensorInfo>;
  outputs: TensorInfo[];
  shapes: Record<Input, Shape>;
  attributes: Attributes;
}

/**
 * Roundings of a kernel where a format is emulated. A product rounds what it stores under either policy. Where every
 * operation rounds, others round each of the operations that they stand for; or their results, where these are one
 * operation; or nothing, where numbers only move.
 */
type Rounds = 'products' | 'operations' | 'results' | 'nothing';

/** An operation of ours that is one kernel on the backends named here, with several results. */
export interface Kernel<Input extends string, Attributes> {
  name: string;
  /** Absent: where every operation rounds, the library's operations stand in. */
  rounds?: Rounds;
  /** Backends on which it rounds; absent: on both. */
  roundsOn?: readonly string[];
  /** Shapes of the results, from those of the inputs. */
  shapes(inputs: Record<Input, Shape>, attributes: Attributes): Shape[];
  /** Calls the module on addresses; that of an input which is not given is 0. */
  wasm(call: {
    kernels: WasmKernels;
    inputs: Record<Input, Address>;
    outputs: Address[];
    shapes: Record<Input, Shape>;
    attributes: Attributes;
    /** Rounding inside; null in float32. */
    rounding: Emulation | null;
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

/** True where kernels of ours stand for the library's operations on the backend that is set, in float32. */
export const hasKernels = (): boolean =>
  roundingAll() === null &&
  ((tf.getBackend() === 'wasm' && hasWasmKernels()) || shaderBackend() !== null);

/** The rounding inside a kernel, or null where it computes in float32. */
const roundingIn = (rounds: Rounds | undefined): Emulation | null => {
  if (rounds === 'products') return emulation();
  return rounds === 'operations' ? roundingAll() : null;
};

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
    const inside = roundingIn(kernel.rounds);
    kernel.wasm({
      kernels: wasmKernels(inside),
      rounding: inside,
      inputs: addresses as Record<Input, Address>,
      outputs: outputs.map((output) => addressOf(backend, output)),
      shapes,
      attributes,
    });
    const rounding = kernel.rounds === 'results' ? roundingAll() : null;
    if (rounding) {
      for (const output of outputs) {
        const at = addressOf(backend, output);
        wasmKernels(rounding).round(at, at, 0, sizeOf(output.shape));
      }
    }
    return outputs;
  };
  const onWebGPU: tf.KernelFunc = ({ inputs, backend: current, attrs }) => {
    const backend = current as unknown as TapingBackend;
    const attributes = attrs as unknown as Attributes;
    const shapes = shapesOf<Input>(inputs);
    const make = (shape: Shape) => backend.makeTensorInfo([...shape], 'float32');
    const outputs = kernel.shapes(shapes, attributes).map(make);
    const borrowed: TensorInfo[] = [];
    const emulated = kernel.rounds === 'results' ? roundingAll() : roundingIn(kernel.rounds);
    const rounding = emulated && roundingOf(emulated);
    kernel.webgpu!({
      run: (program) => {
        run(backend, { ...program, rounding });
      },
      rounds: rounding !== null,
      room: backend.mostBuffers - Number(!!rounding?.counter),
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
  const { rounds, roundsOn = ['wasm', 'webgpu'] } = kernel;
  if (rounds) for (const backend of roundsOn) roundsByItself(backend, kernel.name);
  const isHere = (): boolean =>
    ((rounds && roundsOn.includes(tf.getBackend())) || roundingAll() === null) &&
    (tf.getBackend() === 'wasm'
      ? hasWasmKernels()
      : kernel.webgpu !== undefined && shaderBackend() !== null);

  const call = (inputs: Given<Input>, attributes: Attributes): Tensor[] | null => {
    if (!isHere()) return null;
    const given: Record<string, Tensor> = {};
    for (const name in inputs) {
      const tensor = inputs[name];
      if (tensor) given[name] = tensor;
    }
    return tf.engine().runKernel(kernel.name, given, attributes as unknown as tf.NamedAttrMap);
  };
  return Object.assign(call, { isHere });
}
