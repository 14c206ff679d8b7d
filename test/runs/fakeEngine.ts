import { readsText, type Config } from '../../src/config/fields';
import { hasFinalNorm } from '../../src/config/layers';
import { norms } from '../../src/config/norms';
import { kindOfPlace } from '../../src/config/quantity';
import { shapeOf, sitesOf, type BlockSite, type SiteName } from '../../src/config/sites';
import { isDefinedAt, STATISTIC_IDS } from '../../src/config/statistics';
import { restarts } from '../../src/config/check';
import { decodeSafetensors, encodeSafetensors } from '../../src/lib/safetensors';
import { fingerprint } from '../../src/lib/hash';
import { checkpointMetadata, readCheckpointHead } from '../../src/protocol/checkpoint';
import type {
  Engine,
  EngineProgress,
  LoadedReport,
  Method,
  ModelReport,
  Reply,
  Request,
  StepCost,
  Transposing,
} from '../../src/protocol/engine';
import type { Evaluation } from '../../src/protocol/evaluation';
import type { NormCost } from '../../src/normCosts/protocol';
import type { WorkingNorm } from '../../src/normCosts/work';
import { frameOffsets, type Layout, type PackedFrame } from '../../src/protocol/frame';
import type { Raw, RawRequest, RawTensor } from '../../src/protocol/raw';
import { sizeOf } from '../../src/lib/shapes';
import { serve, type Port } from '../../src/protocol/serve';
import type { WorkerLike } from '../../src/runs/client';

/** Of a backend that counts nothing. */
const COST: StepCost = {
  jsMs: 1,
  dispatches: null,
  submits: null,
  readbackBytes: null,
  deviceBytes: null,
  compileMs: null,
  statisticsMs: null,
  replayed: false,
  threads: null,
};

/** Faults that an engine is told to have, and everything it was asked. */
export interface Behaviour {
  /** Methods that are never answered. */
  hangs: Set<Method>;
  /** Methods that fail, with the message. */
  fails: Map<Method, string>;
  /** Milliseconds that an answer takes. */
  delay: number;
  /** Methods that tell how far they are, every tenth of so many milliseconds. */
  works: Map<Method, number>;
  /** Sites whose RMS is not finite from a step on, as a measurement of a diverged model. */
  diverges: { step: number; site: string; value: number } | null;
  /** The report on weights that fit, or the misfit that is thrown. */
  reads:
    | ((transpose?: Transposing) => Pick<LoadedReport, 'remarks' | 'warnings' | 'mayLieTransposed'>)
    | null;
  /** Everything asked, in order. */
  calls: { method: Method; args: unknown[] }[];
}

export const behaviour = (): Behaviour => ({
  hangs: new Set(),
  fails: new Map(),
  delay: 0,
  works: new Map(),
  diverges: null,
  reads: null,
  calls: [],
});

const layoutOf = (config: Config): Layout => {
  return {
    sites: sitesOf(config),
    siteStatistics: STATISTIC_IDS.site,
    norms:
      norms[config.norm].over === 'batch'
        ? Array.from({ length: config.n_layers }, (_, l) => `blocks.${l}.attn.norm`)
        : [],
    params: [
      'embed.token',
      ...Array.from({ length: config.n_layers }, (_, l) => `blocks.${l}.attn.wq`),
      ...(hasFinalNorm(config) ? ['final_norm.gain'] : []),
    ],
    n_layers: config.n_layers,
    n_heads: config.n_heads,
  };
};

/** The same numbers for the same configuration, step and place, and others for others. */
const valueAt = (config: Config, step: number, i: number) =>
  1 + Math.abs(Math.sin(i + 7 * step + config.seed + 3 * config.placement.length + config.lr));
/** What a model has of all its updates by then, in the place of weights. */
const afterUpdate = (weight: number, { lr }: Config, step: number) =>
  Math.fround(0.9 * weight + lr * Math.cos(step));

function measure(
  config: Config,
  layout: Layout,
  step: number,
  wrong: Behaviour,
  weight = 0,
): PackedFrame {
  const offsets = frameOffsets(layout);
  const packed = Float32Array.from(
    { length: offsets.size },
    (_, i) => valueAt(config, step, i) + weight,
  );
  const overflow = offsets.site.overflow!;
  packed.fill(0, overflow, overflow + layout.sites.length);
  for (const id of layout.siteStatistics)
    layout.sites.forEach((site, i) => {
      if (!isDefinedAt(id, kindOfPlace(site) as BlockSite)) packed[offsets.site[id]! + i] = NaN;
    });
  const { diverges } = wrong;
  if (diverges && step >= diverges.step) {
    if (diverges.site === 'loss') packed[offsets.loss] = diverges.value;
    else packed[offsets.site.rms! + layout.sites.indexOf(diverges.site as never)] = diverges.value;
  }
  const size = config.batch_size * config.seq_len;
  const tokens = () => Int32Array.from({ length: size }, (_, i) => (i + step) % 7);
  return {
    step,
    batch: { inputs: tokens(), targets: tokens(), B: config.batch_size, T: config.seq_len },
    packed,
  };
}

/** As in training, but every number a tenth more. */
function evaluated(config: Config, layout: Layout, step: number, wrong: Behaviour): Evaluation {
  const frame = measure(config, layout, step, wrong);
  const seq_len = config.eval_seq_len || config.seq_len;
  const flat = (length: number) => new Float32Array(length).fill(step);
  return {
    frame: { ...frame, packed: frame.packed.map((x) => x * 1.1) },
    seq_len,
    sameBatch: seq_len === config.seq_len,
    position: {
      loss: flat(seq_len),
      rms: flat(layout.n_layers * seq_len),
      entropy: flat(layout.n_layers * seq_len),
    },
    leak: config.causal
      ? { training: layout.norms.length ? Math.fround(0.27) : 0, evaluation: 0 }
      : null,
  };
}

/** Tensors of which every number is the step, and what the model has of its updates. */
function inspected(config: Config, step: number, weight: number, request: RawRequest): Raw {
  const { batch_size: B, seq_len: T, d_model: D, n_heads: H } = config;
  const shapes = { BTD: [B, T, D], BHTT: [H, T, T], BTV: [B, T, 2] };
  const tensor = (shape: number[]): RawTensor => ({
    shape,
    data: new Float32Array(sizeOf(shape)).fill(step + weight),
  });
  const atSites = (names: readonly SiteName[]) =>
    Object.fromEntries(
      names
        .filter((name) => sitesOf(config).includes(name))
        .map((name) => [name, tensor(shapes[shapeOf(name)])]),
    );
  const { batch } = measure(config, layoutOf(config), step, behaviour());
  return {
    ...{ step, config, batch, params: {}, paramGradients: {} },
    values: atSites(request.values),
    gradients: atSites(request.gradients),
  };
}

/** A norm that takes a nanosecond for each number, forward, and twice that backward. */
function timed(norm: WorkingNorm, numbers: number): NormCost {
  const pass = (ns: number) => {
    const ms = (ns * numbers) / 1e6;
    return { ms: { low: ms, median: ms, high: ms }, bytes: 8 * numbers, flops: 7 * numbers };
  };
  const cost = (forward: number, backward: number) => ({
    ...{ forward: pass(forward), backward: pass(backward) },
    bothMs: pass(forward + backward).ms,
  });
  return { norm, variants: { alone: cost(1, 2), added: cost(2, 3), fused: null } };
}

/** An engine that measures nothing: for what surrounds engines. */
export function fakeEngine(wrong: Behaviour, tell: (progress: EngineProgress) => void): Engine {
  let config: Config | null = null;
  let text = '';
  let step = 0;
  let kept = false;
  let weight = 0;
  const update = () => {
    weight = afterUpdate(weight, model().config, step);
    step++;
  };

  const model = () => {
    if (!config) throw new Error('There is no model yet.');
    return { config, layout: layoutOf(config) };
  };
  const report = (): ModelReport => ({
    layout: model().layout,
    step,
    kept,
    parameters: 1000,
    vocabulary: ['a', 'b'],
    levels: { uniform: Math.log(2) },
  });
  const restart = () => {
    step = 0;
    kept = false;
    weight = 0;
    return report();
  };
  const measured = () => ({
    frame: measure(model().config, model().layout, step, wrong, weight),
    stepMs: 1,
    cost: COST,
    tensors: 10,
  });

  const answers: { [M in Method]: (...args: Parameters<Engine[M]>) => unknown } = {
    open: ({ backend }) => ({
      backend: backend ?? 'cpu',
      adapter: 'none',
      reason: 'This engine is a stand-in.',
    }),
    useThreads: () => undefined,
    configure(wanted) {
      const before = config;
      config = wanted.config;
      const anew = !before || restarts(before, config) || wanted.text !== text;
      text = wanted.text;
      if (anew) return restart();
      kept = true;
      return report();
    },
    probe: measured,
    step() {
      const answer = measured();
      update();
      return answer;
    },
    evaluate: () => evaluated(model().config, model().layout, step, wrong),
    inspect: (request) => inspected(model().config, step, weight, request),
    roof: () => ({ near: 4e10, far: 1e10, peak: 2e10, farBytes: 5e7, rows: 512 }),
    normCost: ({ norm, tokens, features }) => timed(norm, tokens * features),
    reset: restart,
    saveWeights: () =>
      encodeSafetensors([{ name: 'embed.token', shape: [1], data: new Float32Array(1) }], {
        normscope_config: JSON.stringify(model().config),
      }),
    saveCheckpoint: () =>
      encodeSafetensors(
        [{ name: 'embed.token', shape: [1], data: Float32Array.of(weight) }],
        checkpointMetadata({
          config: model().config,
          step,
          momentsFrom: 0,
          text: readsText(model().config) ? fingerprint(text) : null,
        }),
      ),
    restore(given) {
      ({ config, step } = readCheckpointHead(given.checkpoint));
      ({ text } = given);
      weight = decodeSafetensors(given.checkpoint).tensors.get('embed.token')!.data[0]!;
      kept = false;
      return report();
    },
    // Ten steps a call, so that long ways have pieces.
    advance({ until }) {
      for (let made = 0; made < 10 && step < until; made++) update();
      return { step };
    },
    loadWeights(bytes, transpose) {
      const { metadata } = decodeSafetensors(bytes);
      const from = JSON.parse(metadata['normscope_config'] ?? '{}') as Partial<Config>;
      const { n_layers } = model().config;
      if (from.n_layers !== n_layers) {
        throw new Error(`The file has ${from.n_layers ?? 'no'} layers, the model ${n_layers}.`);
      }
      const told = wrong.reads?.(transpose);
      return { ...restart(), ...told };
    },
  };

  const ask =
    (method: Method) =>
    async (...args: unknown[]) => {
      wrong.calls.push({ method, args });
      if (wrong.hangs.has(method)) await new Promise(() => undefined);
      const ms = wrong.works.get(method) ?? 0;
      for (let done = 1; ms && done <= 10; done++) {
        await new Promise((resolve) => setTimeout(resolve, ms / 10));
        tell({ phase: method === 'configure' ? 'weights' : 'pass', done, of: 10 });
      }
      if (wrong.delay) await new Promise((resolve) => setTimeout(resolve, wrong.delay));
      const problem = wrong.fails.get(method);
      if (problem !== undefined) throw new Error(problem);
      return (answers[method] as (...args: unknown[]) => unknown)(...args);
    };
  return Object.fromEntries(
    (Object.keys(answers) as Method[]).map((method) => [method, ask(method)]),
  ) as unknown as Engine;
}

/** A worker with that engine in it, its messages copied and its buffers handed over like a real one’s. */
export class FakeWorker implements WorkerLike {
  readonly behaviour: Behaviour;
  terminated = false;
  /** Buffers that came back without being copied. */
  transferred = 0;
  /** Questions without an answer yet. */
  open = 0;
  private readonly listeners = new Map<string, ((event: Event) => void)[]>();
  private receive: (event: MessageEvent<Request>) => void = () => undefined;

  constructor(wrong: Partial<Behaviour> = {}) {
    this.behaviour = { ...behaviour(), ...wrong };
    const port: Port = {
      addEventListener: (_, listener) => (this.receive = listener),
      postMessage: (message: Reply, transfer) => {
        this.transferred += transfer.length;
        this.emit('message', { data: structuredClone(message, { transfer }) });
      },
    };
    serve((tell) => fakeEngine(this.behaviour, tell), { port });
  }

  addEventListener(type: string, listener: (event: Event) => void) {
    this.listeners.set(type, [...(this.listeners.get(type) ?? []), listener]);
  }

  postMessage(message: unknown, transfer: Transferable[]) {
    const data = structuredClone(message, { transfer }) as Request;
    this.open++;
    setTimeout(() => {
      if (!this.terminated) this.receive({ data } as MessageEvent<Request>);
    });
  }

  terminate() {
    this.terminated = true;
  }

  /** Throws inside the worker, as the page sees it; without words, its script did not load. */
  die(message?: string) {
    this.emit('error', { message, preventDefault: () => undefined });
  }

  /** An answer that cannot be read. */
  garble() {
    this.emit('messageerror', {});
  }

  private emit(type: string, event: object) {
    setTimeout(() => {
      if (this.terminated) return;
      if (type === 'message' && !('progress' in (event as { data: Reply }).data)) this.open--;
      for (const listener of this.listeners.get(type) ?? []) listener(event as Event);
    });
  }
}
