import * as tf from '@tensorflow/tfjs-core';
import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOf } from '../../lib/shapes';
import { mapValues } from '../../lib/objects';
import type { TapeDeck } from '../tape/tape';
import { createPace } from './threads/pace';
import { stretchesOf } from './threads/stretches';
import type { Program } from './threads/team';
import { callKernel, type KernelCall } from './exports';
import { homesOf, type Home } from './homes';
import { scratchBytes, wasmExports, wasmTeam } from './module';
import { listen, type Heard, type Operation, type TypedArray, type WasmBackend } from './listening';
import { planMemory } from '../tape/memoryPlan';

/*
 * Record and replay on wasm. The library's bookkeeping in JavaScript takes a quarter of a step of the default
 * model, and more where all is measured. So a step is run twice while it is listened to: once to learn what
 * memory it takes and for how long, once in memory that is planned from that and then stays. What is kept is a
 * list of calls with their addresses; a replay makes the calls.
 *
 * Not to be recorded is what reads numbers back to decide something, and what computes in JavaScript with
 * values that are neither in a tensor nor the same in every step.
 */

/** When each of what was made is in use: by operations, the last ones as long as the tape. */
function lifetimes(
  { made, operations, parts }: Heard,
  results: Iterable<object>,
  homes: Map<number, Home>,
) {
  const last = new Map<object, number>();
  const use = (id: object, at: number) => {
    for (let one: object | undefined = id; one; one = parts.get(one)) last.set(one, at);
  };
  operations.forEach(({ reads, made }, at) => {
    for (const id of reads) use(id, at);
    for (const { dataId } of made) use(dataId, at);
  });
  for (const id of results) use(id, operations.length);
  const lives = made.map(({ id, bytes, before }, i) => ({
    bytes: homes.has(i) ? 0 : bytes,
    first: before,
    last: last.get(id) ?? before,
  }));
  for (const [i, home] of homes) {
    if (home === 'nowhere' || !('vector' in home)) continue;
    const [vector, { first, last }] = [lives[home.vector]!, lives[i]!];
    vector.first = Math.min(vector.first, first);
    vector.last = Math.max(vector.last, last);
  }
  return lives;
}

/** A copy of numbers to where they lie. */
const isNothing = ({ name, args }: KernelCall) => name === 'copy' && args[0] === args[1];

/** Whole vectors of four and one more: kernels may read past the end of one. */
const roomFor = (bytes: number) => Math.ceil(bytes / 16) * 16 + 16;

/** Lets go of what a run was given to keep. */
function letGo(backend: WasmBackend, { made, parts, constants }: Heard) {
  for (const { id } of made) {
    // To free the address 0 does nothing: the memory is part of a block.
    backend.dataIdMap.get(id).memoryOffset = 0;
    backend.disposeData(id, true);
  }
  for (const id of [...parts.keys(), ...constants]) backend.disposeData(id, true);
}

const record: TapeDeck['record'] = (held, inputs, run) => {
  const backend = tf.backend() as unknown as WasmBackend;
  const { wasm, dataIdMap } = backend;
  const silence = (): Heard => ({
    ...{ operations: [], made: [], constants: [] },
    ...{ parts: new Map(), joins: [] },
  });
  const listened = (heard: Heard, addressOf?: (i: number, bytes: number) => number) => {
    const results: Record<string, TensorInfo> = {};
    const take = (name: string, { dataId, shape, dtype }: Tensor) =>
      (results[name] = { dataId, shape, dtype });
    listen(
      backend,
      heard,
      () => {
        run(take);
      },
      addressOf,
    );
    return results;
  };

  const first = silence();
  const ids = mapValues(listened(first), ({ dataId }) => dataId);
  const heldIds = mapValues(held, ({ dataId }) => dataId);
  const homes = homesOf(first, heldIds, ids);
  const plan = planMemory(lifetimes(first, Object.values(ids), homes));
  const offsets: number[] = [];
  const bytes = plan.buffers.reduce((at, size, i) => (offsets[i] = at) + roomFor(size), 0);
  const arena = wasm._malloc(bytes) >>> 0;
  if (!arena) return null;

  const numbersIn = (id: object) => sizeOf(dataIdMap.get(id).shape);
  const addressOf = ({ dataId }: { dataId: object }) => dataIdMap.get(dataId).memoryOffset;
  function placeOf(i: number): number {
    const home = homes.get(i);
    if (!home) return arena + offsets[plan.places[i]!]!;
    if (home === 'nowhere') return 0;
    return 'held' in home ? addressOf(held[home.held]!) : placeOf(home.vector) + home.offset;
  }
  /** Held tensors that a run writes over. */
  const changed = [...homes.values()].flatMap((home) =>
    home !== 'nowhere' && 'held' in home ? held[home.held]! : [],
  );
  /** Room for what they were, claimed once: new memory for it costs more than the copies. */
  let rooms: Uint8Array[] | null = null;
  /** Runs something, after which they are as before. */
  function leavingHeld<T>(run: () => T): T {
    const places = changed.map((tensor) => ({ at: addressOf(tensor), bytes: 4 * tensor.size }));
    rooms ??= places.map(({ bytes }) => new Uint8Array(bytes));
    rooms.forEach((room, i) => {
      const { at, bytes } = places[i]!;
      room.set(wasm.HEAPU8.subarray(at, at + bytes));
    });
    try {
      return run();
    } finally {
      rooms.forEach((room, i) => wasm.HEAPU8.set(room, places[i]!.at));
    }
  }

  const heard = silence();
  let isSame = true;
  const results = leavingHeld(() =>
    listened(heard, (i, size) => {
      isSame &&= first.made[i]?.bytes === size;
      // Nothing is to be kept of a run that asks for other memory; until its end it needs some.
      return isSame ? placeOf(i) : wasm._malloc(size) >>> 0;
    }),
  );
  if (!isSame || heard.made.length !== first.made.length) {
    letGo(backend, heard);
    wasm._free(arena);
    return null;
  }
  const kept = mapValues(inputs, (tensor) => tf.keep(tensor.clone()));
  const replacements = Object.entries(results)
    .filter(([name]) => name in held)
    .map(([name, result]) => ({
      to: addressOf(held[name]!),
      from: addressOf(result),
      bytes: 4 * sizeOf(result.shape),
    }))
    .filter(({ to, from }) => to !== from);
  const operations = heard.operations
    .map(({ calls, ...rest }) => ({ ...rest, calls: calls.filter((call) => !isNothing(call)) }))
    .filter(({ calls, run }) => calls.length > 0 || run);

  const scratch = scratchBytes();
  const kernels = wasmExports();

  function make({ calls, run, made }: Operation) {
    for (const call of calls) callKernel(kernels, call);
    if (!run) return;
    making = made;
    next = 0;
    run();
  }
  let making: TensorInfo[] = [];
  let next = 0;
  let program: Program | null = null;
  const pace = createPace();
  let threads = 1;

  /** The library's kernels get what they make from here, and nothing is counted or let go. */
  function replayOperations(alone: boolean) {
    const { makeOutput, disposeData, incRef } = backend;
    Object.assign(backend, {
      makeOutput(_shape: number[], _dtype: DataType, _address?: number, values?: TypedArray) {
        const info = making[next++]!;
        if (values) {
          const { buffer, byteOffset, byteLength } = values;
          wasm.HEAPU8.set(new Uint8Array(buffer, byteOffset, byteLength), addressOf(info));
        }
        return info;
      },
      disposeData: () => true,
      incRef: () => {},
    });
    try {
      const team = wasmTeam();
      threads = alone ? 1 : pace.threads(team?.threads() ?? 1);
      const began = performance.now();
      if (threads > 1) {
        program ??= team!.learn(stretchesOf(operations, make, numbersIn));
        program.run(threads, scratch);
      } else operations.forEach(make);
      if (!alone) pace.took(performance.now() - began);
    } finally {
      Object.assign(backend, { makeOutput, disposeData, incRef });
    }
  }

  return {
    bytes,
    get threads() {
      return threads;
    },
    fits: (now) => Object.entries(heldIds).every(([name, id]) => now[name]!.dataId === id),
    replay({ arrays, commit, read, alone = false }) {
      for (const [name, tensor] of Object.entries(kept)) {
        const { buffer, byteOffset, byteLength } = arrays[name]!;
        wasm.HEAPU8.set(new Uint8Array(buffer, byteOffset, byteLength), addressOf(tensor));
      }
      if (commit) {
        replayOperations(alone);
        for (const { to, from, bytes } of replacements)
          wasm.HEAPU8.copyWithin(to, from, from + bytes);
      } else leavingHeld(() => replayOperations(alone));
      if (read === null) return async () => new Float32Array();
      const at = addressOf(results[read]!);
      const size = sizeOf(results[read]!.shape);
      const numbers = new Float32Array(wasm.HEAPU8.slice(at, at + 4 * size).buffer);
      return async () => numbers;
    },
    dispose() {
      program?.forget();
      tf.dispose(Object.values(kept));
      letGo(backend, heard);
      wasm._free(arena);
    },
  };
};

/** The tape deck of the wasm backend, where it has our kernels. */
export const wasmDeck: TapeDeck = {
  recordsAtOnce: false,
  record,
  overwrite({ dataId, size }, numbers) {
    const { wasm, dataIdMap } = tf.backend() as unknown as WasmBackend;
    const at = dataIdMap.get(dataId).memoryOffset;
    const held = new Float32Array(wasm.HEAPU8.buffer, at, size);
    if (typeof numbers === 'number') held.fill(numbers);
    else held.set(numbers);
  },
  done: async () => performance.now(),
};
