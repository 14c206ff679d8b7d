import type { Config } from '../config/fields';
import type { KernelBuild } from '../lib/adapters';
import type { LossLevels } from '../lib/batch';
import type { Progress } from '../lib/progress';
import type { Evaluation } from './evaluation';
import type { Layout, PackedFrame } from './frame';
import type { Raw, RawRequest } from './raw';
import type { CostSize, NormCost, Roof } from '../normCosts/protocol';
import type { WorkingNorm } from '../normCosts/work';

export const BACKENDS = ['webgpu', 'webgl', 'wasm', 'cpu'] as const;
export type BackendId = (typeof BACKENDS)[number];
export const isBackend = (id: string): id is BackendId =>
  (BACKENDS as readonly string[]).includes(id);

/** Which device runs the model, and why that one. */
export interface DeviceReport {
  backend: BackendId;
  /** The adapter's own name, or what kind of processor. */
  adapter: string;
  /** On wasm, the build of our kernels; left out where there is no SIMD for one. */
  build?: KernelBuild;
  /** One sentence: why this backend and not a faster one. */
  reason: string;
}

/** Work of an engine that may take long, in words for people. */
export const WORK = {
  weights: 'building · weights',
  vectors: 'building · singular vectors',
  pass: 'first step',
  recording: 'recording a step',
  tensors: 'inspecting',
} as const;
export type Work = keyof typeof WORK;
export type EngineProgress = Progress<Work>;

export interface ModelReport {
  layout: Layout;
  step: number;
  /** The weights of the model before were kept. */
  kept: boolean;
  parameters: number;
  vocabulary: string[];
  levels: LossLevels;
}

/** Matrices of a file that are taken as [out, in]: those that fit no other way, or all square linear maps too. */
export type Transposing = 'fitting' | 'all';

/** A model that starts from a file’s weights. */
export interface LoadedReport extends ModelReport {
  /** Sentences on how the file was read, where not as it stands. */
  remarks?: string[];
  /** Sentences on numbers of the file that a model cannot compute with. */
  warnings?: string[];
  /** Nothing tells whether its matrices are [in, out], as here, or [out, in]. */
  mayLieTransposed?: boolean;
}

/** A file whose tensors are not the weights of a model; the message says why. */
export class WeightsMisfit extends Error {
  override name = 'WeightsMisfit';
  /** @param ways transposing that would make the file fit, the likelier first */
  constructor(
    message: string,
    readonly ways: Transposing[] = [],
  ) {
    super(message);
  }
}

/** The cost of a step. A count is null where the backend has none of the kind, or nobody counts it. */
export interface StepCost {
  /** JavaScript on the engine’s thread, without waiting for the device; on wasm and cpu all of the step. */
  jsMs: number;
  dispatches: number | null;
  submits: number | null;
  readbackBytes: number | null;
  /** Memory held on the device; on wasm the heap. */
  deviceBytes: number | null;
  /** Where a tape was made at this step: time to trace it, and to hand its shaders to the driver. */
  compileMs: number | null;
  /** Time that measuring adds to a step, as it was last taken on this graph. */
  statisticsMs: number | null;
  /** The step was replayed from its tape. */
  replayed: boolean;
  /** Threads of the processor that computed it; null where that is the device’s affair. */
  threads: number | null;
}

export interface StepReport {
  frame: PackedFrame;
  cost: StepCost;
  /** Wall time of the step in the worker, in milliseconds. */
  stepMs: number;
  /** Live tensors on the device: constant from step to step. */
  tensors: number;
}

/** Everything that the page can ask of an engine in a worker: one call, one answer, in order. */
export interface Engine {
  /** Chooses the device: the backend asked for, or the best there is. */
  open(options: { backend: BackendId | null }): Promise<DeviceReport>;
  /** Kernels may run on so many threads of the processor from now on, where the backend can share its memory. */
  useThreads(most: number): Promise<void>;
  /** Builds the model, or changes it under way and keeps its weights where it may (see `restarts`). */
  configure(options: { config: Config; text: string }): Promise<ModelReport>;
  /** Measures without updating. */
  probe(): Promise<StepReport>;
  /** Measures, then updates. */
  step(): Promise<StepReport>;
  /** The model of this step as it is used: running statistics, nothing dropped, another length. */
  evaluate(): Promise<Evaluation>;
  /** Tensors of this step, of the pass that its frame is measured on. */
  inspect(request: RawRequest): Promise<Raw>;
  /** The most that the device can do, at this size and beyond every cache. */
  roof(size: CostSize): Promise<Roof>;
  /** Times one norm on synthetic data; the model is left alone. */
  normCost(options: CostSize & { norm: WorkingNorm }): Promise<NormCost>;
  /** Back to step 0: the weights that the seed names, or those that were loaded. */
  reset(): Promise<ModelReport>;
  saveWeights(): Promise<Uint8Array>;
  /** All that the next steps depend on, as a safetensors file that is a weights file too. */
  saveCheckpoint(): Promise<Uint8Array>;
  /**
   * Goes on from a checkpoint, whatever model there was, or none. `text` is what its task reads. The bytes are copied:
   * the page keeps them. Where they cannot be gone on from, the error says why, and the model there was stays.
   */
  restore(options: { checkpoint: Uint8Array; text: string }): Promise<ModelReport>;
  /**
   * Updates without measuring until `step` is `until`, or for about `ms` milliseconds, and at least once. The bits are
   * those of measured steps. It answers when the device is done.
   */
  advance(options: { until: number; ms: number }): Promise<{ step: number }>;
  /** Starts from the weights of a safetensors file that fits this model; else a WeightsMisfit says why not. */
  loadWeights(bytes: Uint8Array, transpose?: Transposing): Promise<LoadedReport>;
}

export type Method = keyof Engine;
export interface Request {
  id: number;
  method: Method;
  args: unknown[];
}
/** Any number of messages on how far the answer is, then the answer. */
export type Reply =
  | { id: number; progress: EngineProgress }
  | { id: number; value: unknown }
  | { id: number; error: string; ways?: Transposing[] };
