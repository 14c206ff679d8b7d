import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import type { TapeDeck, Tape } from '../tape/tape';
import { createTape, type Counts, type Host } from './tape';
import type { SumRole } from './trace';
import { createTracer, type TensorData, type Tracer } from './tracer';

/** Members of the library’s backend that this file uses; the library declares many of them private. */
interface LibraryBackend extends KernelBackend {
  device: GPUDevice;
  queue: GPUQueue;
  bufferManager: { acquireBuffer(size: number, usage: GPUBufferUsageFlags): GPUBuffer };
  tensorMap: { has(id: object): boolean; get(id: object): TensorData; delete(id: object): void };
  pipelineCache: Record<string, GPUComputePipeline>;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  tensorDataPendingDisposal: object[];
  uniformPendingDisposal: GPUBuffer[];
  memory(): { unreliable: boolean; numBytesInGPU: number; numBytesAllocatedInGPU: number };
  releaseResource(id: object): void;
  submitQueue(): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  makeTensorInfo(shape: number[], dtype: tf.DataType): TensorInfo;
  getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer>;
  convertAndCacheOnCPU(id: object, data: tf.BackendValues): tf.BackendValues;
  tensorToBinding(tensor: TensorInfo): GPUBindingResource | null;
  uploadToGPU(id: object): void;
  recordAndSubmit(...args: unknown[]): void;
}

/** Some drivers name limits that nobody could bind. */
const MOST_BUFFERS = 16;

const Library = WebGPUBackend as unknown as new (
  device: GPUDevice,
  info: GPUAdapterInfo,
) => LibraryBackend;

/**
 * The library’s backend, which can also be listened to. While it traces, kernels choose their shaders and
 * shapes as ever, but nothing reaches the device: what they would have run becomes data. Nothing is
 * computed then, and no more memory is taken than a planned replay needs.
 *
 * Not to be traced is what reads numbers back, what runs a pipeline but by `runWebGPUProgram`, and what
 * reads a tensor that is neither made in the trace nor named to it.
 */
export class TapingBackend extends Library implements TapeDeck {
  readonly recordsAtOnce = true;
  /**
   * True where threads of a workgroup wait for each other at little cost: on a card, not on a CPU that stands
   * in for one.
   */
  hasBarriers = true;
  /** True where shaders know of the lanes that run in step. */
  hasSubgroups = false;
  /** Most tensors that a shader may bind: eight on every device, more on most. */
  mostBuffers = Math.min(MOST_BUFFERS, this.device.limits.maxStorageBuffersPerShaderStage);
  readonly counts: Counts = { dispatches: 0, submits: 0, readbackBytes: 0 };
  private tracer: Tracer | null = null;
  private recordedBytes = 0;

  /**
   * Traces `run`, which hands what it wants of its results to `take` while they live. It reads the tensors
   * `held`, which results of the same name may replace, and `inputs`, for which the tape has memory of
   * its own.
   */
  record(
    held: Record<string, Tensor>,
    inputs: Record<string, Tensor>,
    run: (take: (name: string, result: Tensor) => void) => void,
  ): Tape {
    this.flush();
    const tracer = createTracer(this.device, { ...held, ...inputs });
    const { device, queue, bufferManager } = this;
    const { device: standIn, queue: listened, buffers, pass } = tracer;
    Object.assign(this, {
      tracer,
      device: standIn,
      queue: listened,
      bufferManager: buffers,
      commandEncoder: {},
      computePassEncoder: pass,
    });
    try {
      tf.tidy(() => run((name, { dataId }) => tracer.take(name, this.refOf(dataId))));
    } finally {
      Object.assign(this, { tracer: null, device, queue, bufferManager });
      this.commandEncoder = null;
      this.computePassEncoder = null;
      this.forgetQueued();
    }
    const left = tracer.made().filter((id) => this.tensorMap.has(id)).length;
    if (left) throw new Error(`A trace has left ${left} tensors that were never computed.`);
    const tape = createTape(
      tracer.trace,
      { inputs: Object.keys(inputs), held: Object.keys(held) },
      this.host(held),
    );
    return {
      ...tape,
      threads: null,
      // It follows tensors that are replaced.
      fits: () => true,
      replay: (replay, held) => tape.replay(replay, this.host(held)),
    };
  }

  async done() {
    await this.device.queue.onSubmittedWorkDone();
    return performance.now();
  }

  /** The backend as tapes see it, with the tensors that they hold. */
  host(held: Record<string, Tensor>): Host {
    return {
      device: this.device,
      counts: this.counts,
      allocate: (size, usage) => {
        this.recordedBytes += size;
        return this.device.createBuffer({ size, usage });
      },
      release: (buffer) => {
        this.recordedBytes -= buffer.size;
        buffer.destroy();
      },
      bufferOf: (name) => this.tensorMap.get(held[name]!.dataId).resource!,
      flush: () => {
        for (const { dataId } of Object.values(held)) this.uploadToGPU(dataId);
        this.flush();
      },
    };
  }

  get pipelines(): number {
    return Object.keys(this.pipelineCache).length;
  }

  override memory() {
    const { numBytesInGPU, numBytesAllocatedInGPU, ...rest } = super.memory();
    return {
      ...rest,
      numBytesInGPU: numBytesInGPU + this.recordedBytes,
      numBytesAllocatedInGPU: numBytesAllocatedInGPU + this.recordedBytes,
    };
  }

  private flush() {
    this.endComputePassEncoder();
    if (this.commandEncoder) this.submitQueue();
  }

  /** Lets go of all that the library keeps for a queue that was never submitted. */
  private forgetQueued() {
    this.commandQueueOwnedIds = new WeakSet();
    this.dispatchCountInPass = 0;
    this.uniformPendingDisposal = [];
    for (const id of this.tensorDataPendingDisposal.splice(0)) {
      this.releaseResource(id);
      this.tensorMap.delete(id);
    }
  }

  /**
   * Runs a pipeline. What it writes is bound first, then what it reads, then its uniform block and the counter that it
   * adds to, if any; what it writes may lie there already.
   */
  dispatch(
    pipeline: GPUComputePipeline,
    written: TensorInfo[],
    read: TensorInfo[],
    uniforms: ArrayBuffer,
    groups: readonly [number, number, number],
    { counter, role }: { counter?: TensorInfo | undefined; role?: SumRole | undefined } = {},
  ) {
    const tensors = [...written, ...read];
    if (this.tracer) {
      const ref = ({ dataId }: TensorInfo) => this.refOf(dataId);
      const bindings = tensors.map(ref);
      const counts = counter ? { counter: ref(counter) } : {};
      this.tracer.add({
        pipeline,
        groups,
        bindings,
        writes: written.length,
        uniforms,
        role,
        ...counts,
      });
      return;
    }
    const counters = counter ? [counter] : [];
    this.use([...tensors, ...counters]);
    const block = this.bufferManager.acquireBuffer(
      uniforms.byteLength,
      GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM,
    );
    this.queue.writeBuffer(block, 0, uniforms);
    this.uniformPendingDisposal.push(block);
    const resources = [
      ...tensors.map((tensor) => this.tensorToBinding(tensor)!),
      { buffer: block },
      ...counters.map((tensor) => this.tensorToBinding(tensor)!),
    ];
    this.computePassEncoder ??= this.commandEncoder!.beginComputePass();
    this.computePassEncoder.setPipeline(pipeline);
    this.computePassEncoder.setBindGroup(
      0,
      this.device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: resources.map((resource, binding) => ({ binding, resource })),
      }),
    );
    this.computePassEncoder.dispatchWorkgroups(...groups);
    this.counts.dispatches++;
    this.queued();
  }

  /** The type of the numbers in a buffer: the library casts a boolean to float32 by name alone. */
  storedType({ dataId }: TensorInfo): tf.DataType {
    return this.tensorMap.get(dataId).dtype;
  }

  /** Says that this was made just now as the sum of two tensors of one size. */
  markSum({ dataId }: TensorInfo) {
    this.tracer?.markSum(this.refOf(dataId));
  }

  /** Copies `size` elements of one tensor into another, from and to these places. */
  copy(from: TensorInfo, fromPlace: number, to: TensorInfo, toPlace: number, size: number) {
    const [fromByte, toByte, bytes] = [4 * fromPlace, 4 * toPlace, 4 * size];
    if (this.tracer) {
      const [source, target] = [this.refOf(from.dataId), this.refOf(to.dataId)];
      this.tracer.add({ from: source, fromByte, to: target, toByte, bytes });
      return;
    }
    this.use([from, to]);
    this.endComputePassEncoder();
    const bufferOf = ({ dataId }: TensorInfo) => this.tensorMap.get(dataId).resource!;
    this.commandEncoder!.copyBufferToBuffer(bufferOf(from), fromByte, bufferOf(to), toByte, bytes);
    this.queued();
  }

  /** Elements of a vector from `start` on, as a tensor of that shape. */
  part(vector: TensorInfo, start: number, shape: number[]): TensorInfo {
    const part = this.makeTensorInfo(shape, 'float32');
    const size = sizeOf(shape);
    const { minStorageBufferOffsetAlignment: alignment } = this.device.limits;
    // Where a device can bind it, what is traced reads it where it lies.
    if (this.tracer && (4 * start) % alignment === 0) {
      this.tracer.place(part.dataId, this.refOf(vector.dataId), 4 * start, 4 * size);
    } else this.copy(vector, start, part, 0, size);
    return part;
  }

  /** Tensors that commands are about to use stay until those were submitted. */
  private use(tensors: TensorInfo[]) {
    for (const { dataId } of tensors) {
      this.uploadToGPU(dataId);
      this.commandQueueOwnedIds.add(dataId);
    }
    this.ensureCommandEncoderReady();
  }

  /** Submits when as much waits as the library lets wait. */
  private queued() {
    if (++this.dispatchCountInPass >= tf.env().getNumber('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE')) {
      this.flush();
    }
  }

  private refOf(id: object) {
    return this.tracer!.refOf(id, this.tensorMap.get(id));
  }

  override tensorToBinding(tensor: TensorInfo) {
    if (!this.tracer) return super.tensorToBinding(tensor);
    return { buffer: this.refOf(tensor.dataId) as unknown as GPUBuffer };
  }

  override uploadToGPU(id: object) {
    if (!this.tracer) super.uploadToGPU(id);
  }

  override endComputePassEncoder() {
    if (!this.tracer) super.endComputePassEncoder();
  }

  override submitQueue() {
    if (this.tracer) return;
    this.counts.submits++;
    super.submitQueue();
  }

  override recordAndSubmit(...args: unknown[]) {
    if (!this.tracer) this.counts.dispatches++;
    super.recordAndSubmit(...args);
  }

  override getBufferData(buffer: GPUBuffer) {
    this.counts.readbackBytes += buffer.size;
    return super.getBufferData(buffer);
  }

  /** The library keeps what was read for the next reader; replays change tensors where they lie. */
  override convertAndCacheOnCPU(_id: object, data: tf.BackendValues) {
    return data;
  }
}
