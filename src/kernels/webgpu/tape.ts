import type { Replay } from '../tape/tape';
import { withSumsFused } from './fusion';
import { planMemory } from '../tape/memoryPlan';
import { distinct, packing } from './packing';
import { createReadback } from './readback';
import {
  isCopy,
  lifetimes,
  usedBy,
  withoutUnused,
  type Dispatch,
  type Ref,
  type Trace,
  type Whole,
} from './trace';

export interface Counts {
  dispatches: number;
  submits: number;
  readbackBytes: number;
}

/** The backend, as a tape needs it. */
export interface Host {
  device: GPUDevice;
  counts: Counts;
  allocate(bytes: number, usage: GPUBufferUsageFlags): GPUBuffer;
  release(buffer: GPUBuffer): void;
  /** The buffer of a given name, as it is at this moment. */
  bufferOf(name: string): GPUBuffer;
  /** Submits what the library still holds back, so that order is kept. */
  flush(): void;
}

/** A trace with memory of its own on a device. */
export interface DeviceTape {
  readonly dispatches: number;
  readonly bytes: number;
  /** Runs it: one command buffer, one submit. @returns what gives the numbers read back */
  replay(replay: Replay, host: Host): () => Promise<Float32Array>;
  dispose(): void;
}

const STORAGE = () => GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;

/**
 * Gives a trace its memory: buffers shared by what is never in use at one time, one buffer of constants, one
 * of uniform blocks, one of the arrays that are written before each replay (`inputs`). Buffers that are
 * `held` belong to somebody else: bind groups follow them when they are replaced.
 */
export function createTape(
  given: Trace,
  { inputs, held }: { inputs: string[]; held: string[] },
  host: Host,
): DeviceTape {
  const { device } = host;
  const trace = withSumsFused(withoutUnused(given));
  const { commands, results } = trace;
  const dispatches = commands.filter((command): command is Dispatch => !isCopy(command));
  const owned: GPUBuffer[] = [];
  let bytes = 0;
  const allocate = (size: number, usage: GPUBufferUsageFlags) => {
    // A buffer of no bytes cannot be bound.
    const buffer = host.allocate(Math.max(size, 4), usage);
    owned.push(buffer);
    bytes += buffer.size;
    return buffer;
  };
  /** Arrays in one buffer; the resource of each, to be bound. */
  const packed = (arrays: Uint8Array[], alignment: number, usage: GPUBufferUsageFlags) => {
    const { kept, at } = distinct(arrays);
    const { offsets, bytes: total } = packing(
      kept.map(({ length }) => length),
      alignment,
    );
    const buffer = allocate(total, usage);
    const contents = new Uint8Array(total);
    kept.forEach((array, i) => contents.set(array, offsets[i]));
    if (total) device.queue.writeBuffer(buffer, 0, contents);
    return at.map((i) => ({ buffer, offset: offsets[i]!, size: kept[i]!.length }));
  };

  const { minStorageBufferOffsetAlignment, minUniformBufferOffsetAlignment } = device.limits;
  const lives = [...lifetimes(trace)];
  const plan = planMemory(lives.map(([, life]) => life));
  const shared = plan.buffers.map((size) => allocate(size, STORAGE()));
  const placeOf = new Map(lives.map(([index], i) => [index, shared[plan.places[i]!]!]));
  const constants = packed(trace.constants, minStorageBufferOffsetAlignment, STORAGE());
  const uniforms = packed(
    dispatches.map(({ uniforms }) => new Uint8Array(uniforms)),
    minUniformBufferOffsetAlignment,
    GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  );

  const read = new Map<string, number>();
  const note = (ref: Whole) => ref.kind === 'named' && read.set(ref.name, ref.bytes);
  for (const command of commands) usedBy(command).forEach(note);
  const written = inputs.filter((name) => read.has(name));
  const { offsets, bytes: inputBytes } = packing(
    written.map((name) => read.get(name)!),
    minStorageBufferOffsetAlignment,
  );
  const inputBuffer = allocate(inputBytes, STORAGE());
  const upload = new Uint8Array(inputBuffer.size);
  const offsetOf = new Map(written.map((name, i) => [name, offsets[i]!]));

  /** Named buffers of others, as they are bound. */
  const followed = new Map<string, GPUBuffer>();
  const resourceOf = (ref: Ref): GPUBufferBinding => {
    if (ref.kind === 'part') {
      const { buffer, offset = 0 } = resourceOf(ref.of);
      return { buffer, offset: offset + ref.byte, size: ref.bytes };
    }
    if (ref.kind === 'constant') return constants[ref.index]!;
    if (ref.kind === 'made') return { buffer: placeOf.get(ref.index)!, size: ref.bytes };
    const offset = offsetOf.get(ref.name);
    return offset === undefined
      ? { buffer: followed.get(ref.name)!, size: ref.bytes }
      : { buffer: inputBuffer, offset, size: ref.bytes };
  };
  const layouts = new Map<GPUComputePipeline, GPUBindGroupLayout>();
  const layoutOf = (pipeline: GPUComputePipeline) => {
    const layout = layouts.get(pipeline) ?? pipeline.getBindGroupLayout(0);
    layouts.set(pipeline, layout);
    return layout;
  };
  const bound = ({ pipeline, bindings, counter }: Dispatch, i: number): GPUBindGroup =>
    device.createBindGroup({
      layout: layoutOf(pipeline),
      entries: [
        ...bindings.map(resourceOf),
        uniforms[i]!,
        ...(counter ? [resourceOf(counter)] : []),
      ].map((resource, binding) => ({ binding, resource })),
    });

  const groups: GPUBindGroup[] = [];
  const follows = (name: string) => !offsetOf.has(name);
  const others = [...read.keys()].filter(follows);
  /** Binds what is not bound yet, or is bound to a buffer that was replaced. */
  function bind(bufferOf: Host['bufferOf']) {
    const replaced = new Set(others.filter((name) => followed.get(name) !== bufferOf(name)));
    if (replaced.size === 0 && groups.length === dispatches.length) return;
    for (const name of replaced) followed.set(name, bufferOf(name));
    dispatches.forEach((dispatch, i) => {
      const isStale = usedBy(dispatch).some(
        (ref) => ref.kind === 'named' && replaced.has(ref.name),
      );
      if (!groups[i] || isStale) groups[i] = bound(dispatch, i);
    });
  }

  const replacements = Object.entries(results).filter(
    ([name, ref]) => held.includes(name) && !(ref.kind === 'named' && ref.name === name),
  );
  const readbacks = new Map<string, ReturnType<typeof createReadback>>();
  const readbackOf = (name: string) => {
    const known = readbacks.get(name);
    if (known) return known;
    const created = createReadback(results[name]!.bytes, host.allocate, host.release);
    readbacks.set(name, created);
    return created;
  };

  return {
    dispatches: dispatches.length,
    bytes,
    replay({ arrays, commit, read }, { flush, bufferOf, counts }) {
      flush();
      bind(bufferOf);
      for (const [name, offset] of offsetOf) {
        const array = arrays[name]!;
        upload.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset);
      }
      if (offsetOf.size) device.queue.writeBuffer(inputBuffer, 0, upload);

      const encoder = device.createCommandEncoder();
      let pass: GPUComputePassEncoder | null = null;
      let pipeline: GPUComputePipeline | null = null;
      let next = 0;
      for (const command of commands) {
        if (isCopy(command)) {
          pass?.end();
          pass = pipeline = null;
          const from = resourceOf(command.from);
          const to = resourceOf(command.to);
          encoder.copyBufferToBuffer(
            ...[from.buffer, (from.offset ?? 0) + command.fromByte],
            ...[to.buffer, (to.offset ?? 0) + command.toByte, command.bytes],
          );
          continue;
        }
        pass ??= encoder.beginComputePass();
        if (command.pipeline !== pipeline) pass.setPipeline((pipeline = command.pipeline));
        pass.setBindGroup(0, groups[next++]!);
        pass.dispatchWorkgroups(...command.groups);
      }
      pass?.end();
      for (const [name, ref] of commit ? replacements : []) {
        const { buffer, offset = 0 } = resourceOf(ref);
        encoder.copyBufferToBuffer(buffer, offset, bufferOf(name), 0, ref.bytes);
      }
      const numbers = read && readbackOf(read).from(encoder, resourceOf(results[read]!));
      device.queue.submit([encoder.finish()]);
      counts.dispatches += dispatches.length;
      counts.submits++;
      if (read) counts.readbackBytes += results[read]!.bytes;
      return numbers || (async () => new Float32Array());
    },
    dispose() {
      for (const readback of readbacks.values()) readback.dispose();
      owned.splice(0).forEach(host.release);
    },
  };
}
