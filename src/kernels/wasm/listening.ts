import * as tf from '@tensorflow/tfjs-core';
import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import { mapValues } from '../../lib/objects';
import type { KernelCall } from './exports';
import { listenToKernels } from './module';

interface Entry {
  id: number;
  memoryOffset: number;
  shape: number[];
  dtype: DataType;
  refCount: number;
}

/** Members of the library's backend that this file uses. */
export interface WasmBackend {
  dataIdMap: { get(id: object): Entry; set(id: object, entry: Entry): void };
  dataIdNextNumber: number;
  wasm: {
    HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
    tfjs: { registerTensor(id: number, size: number, address: number): void };
  };
  move(id: object, values: unknown, shape: number[], dtype: DataType, refCount: number): void;
  incRef(id: object): void;
  disposeData(id: object, force?: boolean): boolean;
  makeOutput(shape: number[], dtype: DataType, address?: number, values?: TypedArray): TensorInfo;
}
export type TypedArray = Float32Array | Int32Array | Uint8Array;

export interface Operation {
  /** Calls of our module, where it is a kernel of ours. */
  calls: KernelCall[];
  /** The library's kernel, where it is not. */
  run: (() => void) | null;
  reads: object[];
  /** Tensors that it made, also those for itself alone. */
  made: TensorInfo[];
}

/** All that was asked of the backend during a run. */
export interface Heard {
  operations: Operation[];
  /** Made without values, in order: memory to be planned. And how many operations came before. */
  made: { id: object; bytes: number; before: number }[];
  /** Made with values: tables and constants. */
  constants: object[];
  /** Parts of other data, and what each lies in. */
  parts: Map<object, object>;
  /** Vectors that were joined, and of what, in order. */
  joins: { vector: object; pieces: { id: object; bytes: number }[] }[];
}

/** Kernels that give their input in another shape, or a part of it: nothing is computed. */
const VIEWS = new Set(['Identity', 'Reshape', 'ExpandDims', 'ContiguousPart']);

/**
 * Runs something and writes down what was heard of the backend. With `addressOf`, the i-th tensor that is made lies where
 * that says, and all that is made stays.
 */
export function listen(
  backend: WasmBackend,
  heard: Heard,
  run: () => void,
  addressOf?: (i: number, bytes: number) => number,
): void {
  const kept = new WeakSet<object>();
  const engine = tf.engine();
  const { runKernel } = engine;
  const { move, disposeData, makeOutput } = backend;
  let current: Operation | null = null;

  Object.assign(backend, {
    move(id: object, values: unknown, shape: number[], dtype: DataType, refCount: number) {
      kept.add(id);
      if (values != null) {
        heard.constants.push(id);
        move.call(backend, id, values, shape, dtype, refCount);
        return;
      }
      const size = sizeOf(shape);
      const bytes = size * tf.util.bytesPerElement(dtype);
      const i = heard.made.push({ id, bytes, before: heard.operations.length }) - 1;
      if (!addressOf) {
        move.call(backend, id, values, shape, dtype, refCount);
        return;
      }
      const memoryOffset = addressOf(i, bytes);
      const number = backend.dataIdNextNumber++;
      backend.dataIdMap.set(id, { id: number, memoryOffset, shape, dtype, refCount });
      backend.wasm.tfjs.registerTensor(number, size, memoryOffset);
    },
    makeOutput(shape: number[], dtype: DataType, address?: number, values?: TypedArray) {
      const info = makeOutput.call(backend, shape, dtype, address, values);
      kept.add(info.dataId);
      current?.made.push(info);
      return info;
    },
    // Data that stays is counted down all the same: the library asks whether that was its last tensor.
    disposeData: (id: object, force?: boolean) =>
      addressOf && kept.has(id)
        ? --backend.dataIdMap.get(id).refCount <= 0
        : disposeData.call(backend, id, force),
  });
  engine.runKernel = (name, inputs, attrs) => {
    const { kernelFunc } = tf.getKernel(name, 'wasm')!;
    const info = ({ dataId, shape, dtype }: TensorInfo): TensorInfo => ({ dataId, shape, dtype });
    // Of some kernels they are a list.
    const given = Array.isArray(inputs) ? inputs.map(info) : mapValues(inputs, info);
    const reads = Object.values(given).map(({ dataId }) => dataId);
    const operation: Operation = { calls: [], run: null, reads, made: [] };
    current = operation;
    const result = listenToKernels(operation.calls, () =>
      runKernel.call(engine, name, inputs, attrs),
    );
    current = null;
    if (!VIEWS.has(name) && operation.calls.length === 0) {
      operation.run = () => {
        kernelFunc({ inputs: given as never, attrs, backend });
      };
    }
    if (name === 'ContiguousPart') heard.parts.set((result as Tensor).dataId, reads[0]!);
    if (name === 'Join') {
      const bytes = ({ shape }: TensorInfo) => 4 * sizeOf(shape);
      const pieces = Object.values(given).map((x) => ({ id: x.dataId, bytes: bytes(x) }));
      heard.joins.push({ vector: (result as Tensor[])[0]!.dataId, pieces });
    }
    heard.operations.push(operation);
    return result as never;
  };
  try {
    tf.tidy(run);
  } finally {
    Object.assign(backend, { move, disposeData, makeOutput });
    engine.runKernel = runKernel;
  }
}
