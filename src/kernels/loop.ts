import * as tf from '@tensorflow/tfjs-core';
import type { KernelConfig, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { numbered } from './numbered';

type Numbers = Float32Array;

/** What this file uses of the backends whose tensors lie in memory that JavaScript can read. */
interface CpuBackend {
  data: { get(dataId: object): { values: Numbers } };
  makeTensorInfo(shape: number[], dtype: 'float32', values: Numbers): TensorInfo;
}
interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Numbers;
}

/** An operation as a plain loop over float32 arrays. */
interface Loop<Attributes> {
  name: string;
  /** Shape of the result. */
  shape(inputs: TensorInfo[], attributes: Attributes): number[];
  run(inputs: Numbers[], output: Numbers, attributes: Attributes, shapes: number[][]): void;
  /** What the wasm backend does in its place. */
  onWasm?: KernelConfig['kernelFunc'];
  /** What the WebGPU backend does; without it, there is no such kernel there. */
  onWebGPU?: KernelConfig['kernelFunc'];
}

/**
 * Registers a loop as a kernel of the backends that compute on the CPU. What is called gives its result,
 * or null on a backend that has no such loop: the caller then composes it of the library's operations.
 * It has no gradient.
 */
export function registerLoop<Attributes extends object>(loop: Loop<Attributes>) {
  const inputsOf = (inputs: object) => Object.values(inputs) as TensorInfo[];

  const onCpu: KernelConfig['kernelFunc'] = ({ inputs, backend, attrs }) => {
    const cpu = backend as unknown as CpuBackend;
    const infos = inputsOf(inputs);
    const attributes = attrs as unknown as Attributes;
    const shape = loop.shape(infos, attributes);
    const output = new Float32Array(tf.util.sizeFromShape(shape));
    const values = infos.map(({ dataId }) => cpu.data.get(dataId).values);
    loop.run(
      values,
      output,
      attributes,
      infos.map((info) => info.shape),
    );
    return cpu.makeTensorInfo(shape, 'float32', output);
  };

  const onWasm: KernelConfig['kernelFunc'] = ({ inputs, backend, attrs }) => {
    const wasm = backend as unknown as WasmBackend;
    const infos = inputsOf(inputs);
    const attributes = attrs as unknown as Attributes;
    const output = wasm.makeOutput(loop.shape(infos, attributes), 'float32');
    // Views are taken after the output was made: the heap may have grown, and moved.
    const values = infos.map((info) => wasm.typedArrayFromHeap(info));
    loop.run(
      values,
      wasm.typedArrayFromHeap(output),
      attributes,
      infos.map((info) => info.shape),
    );
    return output;
  };

  tf.registerKernel({ kernelName: loop.name, backendName: 'cpu', kernelFunc: onCpu });
  tf.registerKernel({
    kernelName: loop.name,
    backendName: 'wasm',
    kernelFunc: loop.onWasm ?? onWasm,
  });
  const { onWebGPU } = loop;
  if (onWebGPU) {
    tf.registerKernel({ kernelName: loop.name, backendName: 'webgpu', kernelFunc: onWebGPU });
  }

  return (inputs: Tensor[], attributes: Attributes): Tensor | null =>
    tf.getKernel(loop.name, tf.getBackend())
      ? tf.engine().runKernel(loop.name, numbered('input', inputs), attributes as tf.NamedAttrMap)
      : null;
}
