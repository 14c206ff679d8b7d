import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../lib/shapes';
import { numbered } from './numbered';
import { addressOf, hasWasmKernels, type Address } from './wasm/module';
import { runGlsl } from './webgl';
import type { TapingBackend } from './webgpu/backend';
import { run, type Program } from './webgpu/program';

type Numbers = Float32Array;

/** Members used here of the backends whose tensors lie in memory that JavaScript can read. */
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
  shape(inputs: TensorInfo[], attributes: Attributes): number[];
  run(inputs: Numbers[], output: Numbers, attributes: Attributes, shapes: number[][]): void;
  /** The same by our module, where that is attached: from addresses to an address. */
  wasm?(inputs: Address[], output: Address, attributes: Attributes, shapes: number[][]): void;
  /** The same as a program and as a fragment shader (see `webgl.ts`); where absent, there is no such kernel. */
  webgpu?(inputs: TensorInfo[], output: TensorInfo, attributes: Attributes): Program;
  webgl?(attributes: Attributes): string;
  /** Backends on which the result lies in memory already. */
  instead?: Partial<Record<'wasm' | 'webgpu', tf.KernelFunc>>;
}

/**
 * Registers a loop as a kernel of the backends that compute on the CPU, and its shaders of others. What is
 * called gives its result, or null on a backend that has neither: the caller then composes it of the
 * library's operations. It has no gradient.
 */
export function registerLoop<Attributes extends object>(loop: Loop<Attributes>) {
  const { name, webgpu, webgl, instead = {} } = loop;
  type Make = (backend: unknown, inputs: TensorInfo[], attributes: Attributes) => TensorInfo;
  const kernel =
    (make: Make): tf.KernelFunc =>
    ({ inputs, backend, attrs }) =>
      make(backend, Object.values(inputs) as TensorInfo[], attrs as unknown as Attributes);
  const shapesOf = (inputs: TensorInfo[]) => inputs.map(({ shape }) => shape);

  const onCpu: Make = (backend, inputs, attributes) => {
    const cpu = backend as CpuBackend;
    const shape = loop.shape(inputs, attributes);
    const output = new Float32Array(sizeOf(shape));
    const values = inputs.map(({ dataId }) => cpu.data.get(dataId).values);
    loop.run(values, output, attributes, shapesOf(inputs));
    return cpu.makeTensorInfo(shape, 'float32', output);
  };
  const onWasm: Make = (backend, inputs, attributes) => {
    const wasm = backend as WasmBackend;
    const output = wasm.makeOutput(loop.shape(inputs, attributes), 'float32');
    if (loop.wasm && hasWasmKernels()) {
      const at = (tensor: TensorInfo) => addressOf(backend, tensor);
      loop.wasm(inputs.map(at), at(output), attributes, shapesOf(inputs));
      return output;
    }
    // Views are taken after the output was made: the heap may have grown, and moved.
    const values = inputs.map((input) => wasm.typedArrayFromHeap(input));
    loop.run(values, wasm.typedArrayFromHeap(output), attributes, shapesOf(inputs));
    return output;
  };
  const onWebGPU: Make = (current, inputs, attributes) => {
    const backend = current as TapingBackend;
    const output = backend.makeTensorInfo(loop.shape(inputs, attributes), 'float32');
    const typed = inputs.map((input) => ({ ...input, dtype: backend.storedType(input) }));
    run(backend, webgpu!(typed, output, attributes));
    return output;
  };
  const onWebGL: Make = (backend, inputs, attributes) =>
    runGlsl(backend, webgl!(attributes), inputs, loop.shape(inputs, attributes));

  const kernels = {
    cpu: kernel(onCpu),
    wasm: instead.wasm ?? kernel(onWasm),
    webgpu: instead.webgpu ?? (webgpu && kernel(onWebGPU)),
    webgl: webgl && kernel(onWebGL),
  };
  for (const [backendName, kernelFunc] of Object.entries(kernels)) {
    if (kernelFunc) tf.registerKernel({ kernelName: name, backendName, kernelFunc });
  }

  return (inputs: Tensor[], attributes: Attributes): Tensor | null =>
    tf.getKernel(name, tf.getBackend())
      ? tf.engine().runKernel(name, numbered('input', inputs), attributes as tf.NamedAttrMap)
      : null;
}
