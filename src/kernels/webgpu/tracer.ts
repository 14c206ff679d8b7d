import type { BackendValues, DataType, Tensor } from '@tensorflow/tfjs-core';
import { wholeOf, writtenBy, type Command, type Ref, type Trace } from './trace';

/** Stand-ins for all that kernels use of a device while they are traced. */
type StandIn = Pick<
  GPUDevice,
  | 'limits'
  | 'features'
  | 'createShaderModule'
  | 'createComputePipeline'
  | 'createComputePipelineAsync'
> & { createBindGroup(descriptor: GPUBindGroupDescriptor): GPUBindGroupDescriptor };

interface Uniforms {
  data: ArrayBuffer;
}

/** Stands in for a device, and writes down what is asked of it. */
export interface Tracer {
  device: StandIn;
  queue: { writeBuffer(to: Uniforms, offset: number, data: ArrayBuffer): void };
  /** Stands in for the library’s buffer manager, of which kernels want uniform buffers alone. */
  buffers: { acquireBuffer(size: number): Uniforms };
  pass: Pick<GPUComputePassEncoder, 'setPipeline' | 'dispatchWorkgroups'> & {
    setBindGroup(index: number, group: GPUBindGroupDescriptor): void;
  };
  /** The buffer of a tensor: named, a constant (it has values), or made here. */
  refOf(id: object, data: TensorData): Ref;
  /** Takes a tensor that was not used yet as what lies in another from a byte on. */
  place(id: object, within: Ref, byte: number, bytes: number): void;
  /** Writes down what the library does not ask for by itself. */
  add(command: Command): void;
  /** Says that this was made just now as the sum of two tensors of one size. */
  markSum(total: Ref): void;
  take(name: string, result: Ref): void;
  /** The ids of the tensors that were made. */
  made(): object[];
  trace: Trace;
}

export interface TensorData {
  shape: number[];
  dtype: DataType;
  /** Until it is uploaded. */
  values: BackendValues | null;
  /** From then on, or from when it was computed. */
  resource?: GPUBuffer | null;
}

const bytesOf = ({ shape }: { shape: number[] }) => 4 * shape.reduce((size, d) => size * d, 1);

/** A tensor as it lies on the device: booleans are integers there. */
const contentsOf = (dtype: DataType, values: BackendValues): Uint8Array =>
  new Uint8Array(
    (dtype === 'float32' ? Float32Array : Int32Array).from(values as ArrayLike<number>).buffer,
  );

export function createTracer(device: GPUDevice, named: Record<string, Tensor>): Tracer {
  const commands: Command[] = [];
  const constants: Uint8Array[] = [];
  const results: Record<string, Ref> = {};
  const refs = new Map<object, Ref>();
  for (const [name, tensor] of Object.entries(named)) {
    if (refs.has(tensor.dataId)) throw new Error(`${name} is the second name of a tensor.`);
    refs.set(tensor.dataId, { kind: 'named', name, bytes: bytesOf(tensor) });
  }
  let count = 0;
  let pipeline: GPUComputePipeline;
  let entries: GPUBindGroupEntry[];

  function refOf(id: object, data: TensorData): Ref {
    const known = refs.get(id);
    if (known) return known;
    const { dtype, values, resource } = data;
    const bytes = bytesOf(data);
    if (resource) {
      throw new Error('A trace reads a tensor that was neither made in it nor named to it.');
    }
    const ref: Ref = values
      ? { kind: 'constant', index: constants.push(contentsOf(dtype, values)) - 1, bytes }
      : { kind: 'made', index: count++, bytes };
    refs.set(id, ref);
    return ref;
  }

  function add(command: Command) {
    if (writtenBy(command).some(({ kind }) => kind !== 'made')) {
      throw new Error('A trace writes what it was given.');
    }
    commands.push(command);
  }

  return {
    device: {
      limits: device.limits,
      features: device.features,
      createShaderModule: (descriptor) => device.createShaderModule(descriptor),
      createComputePipeline: (descriptor) => device.createComputePipeline(descriptor),
      createComputePipelineAsync: (descriptor) => device.createComputePipelineAsync(descriptor),
      createBindGroup: (descriptor) => descriptor,
    },
    queue: {
      writeBuffer(to, _offset, data) {
        to.data = data;
      },
    },
    buffers: { acquireBuffer: (size) => ({ data: new ArrayBuffer(size) }) },
    pass: {
      setPipeline(next) {
        pipeline = next;
      },
      setBindGroup(_index, group) {
        entries = [...group.entries];
      },
      dispatchWorkgroups(x, y = 1, z = 1) {
        const buffers = entries.map(({ resource }) => (resource as GPUBufferBinding).buffer);
        const { data } = buffers.pop() as unknown as Uniforms;
        const bindings = buffers as unknown as Ref[];
        add({ pipeline, groups: [x, y, z], bindings, writes: 1, uniforms: data });
      },
    },
    refOf,
    place(id, within, byte, bytes) {
      const before = within.kind === 'part' ? within.byte : 0;
      refs.set(id, { kind: 'part', of: wholeOf(within), byte: before + byte, bytes });
    },
    add,
    markSum(total) {
      const last = commands.at(-1);
      if (last && writtenBy(last)[0] === total) Object.assign(last, { role: { is: 'sum' } });
    },
    take(name, result) {
      results[name] = result;
    },
    made: () =>
      [...refs].flatMap(([id, { kind }]) => (['made', 'part'].includes(kind) ? [id] : [])),
    trace: { commands, constants, results },
  };
}
