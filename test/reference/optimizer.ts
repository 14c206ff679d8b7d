import { complete, lookUp, type RefConfig, type Settings } from './config';
import { isParameter, type Weights } from './model';
import { muonStep } from './muon';
import { rms } from './statistics';

interface TensorMoments {
  m: Float64Array;
  v: Float64Array;
}

/** First and second moment of every parameter; what is absent is 0. */
export type OptimizerState = Map<string, TensorMoments>;

export interface Update {
  weights: Weights;
  state: OptimizerState;
  update_ratio: Map<string, number>;
  output: UpdateStatistics;
}

export interface UpdateStatistics {
  grad_norm: number;
  clip_factor: number;
  lr: number;
  loss_scale: number;
  changed: number;
}

/** After the warm-up, by the update n, counted from 0. */
const schedules: Record<string, (n: number, settings: Settings) => number> = {
  constant: () => 1,
  linear: (n, settings) => 1 - progress(n, settings),
  cosine: (n, settings) => (1 + Math.cos(Math.PI * progress(n, settings))) / 2,
  inv_sqrt: (n, { warmup_steps }) =>
    n + 1 <= warmup_steps ? 1 : Math.sqrt(Math.max(warmup_steps, 1) / (n + 1)),
};

/** From 0 at the end of the warm-up to 1 at `schedule_steps`. */
function progress(n: number, { warmup_steps, schedule_steps }: Settings): number {
  if (n >= schedule_steps) return 1;
  return Math.max(0, n - warmup_steps) / Math.max(1, schedule_steps - warmup_steps);
}

export function learningRate(config: RefConfig, n: number): number {
  const settings = complete(config);
  const warmUp = settings.warmup_steps > 0 ? Math.min(1, (n + 1) / settings.warmup_steps) : 1;
  return settings.lr * warmUp * lookUp(schedules, settings.schedule)(n, settings);
}

interface Moments {
  m: number;
  v: number;
}

/** One element: its moments, then its step, a multiple of −lr. */
type Rule = (g: number, old: Moments, n: number, settings: Settings) => Moments & { step: number };

const adam: Rule = (g, old, n, { beta1, beta2, adam_eps }) => {
  const m = beta1 * old.m + (1 - beta1) * g;
  const v = beta2 * old.v + (1 - beta2) * g * g;
  const mHat = m / (1 - beta1 ** (n + 1));
  const vHat = v / (1 - beta2 ** (n + 1));
  return { m, v, step: mHat / (Math.sqrt(vHat) + adam_eps) };
};

const rules: Record<string, Rule> = {
  sgd: (g, old) => ({ ...old, step: g }),
  momentum: (g, old, _, { beta1 }) => {
    const m = beta1 * old.m + g;
    return { ...old, m, step: m };
  },
  adam,
  adamw: adam,
  // Of all but the linear maps of blocks.
  muon: adam,
};

/** One tensor, row by row. */
interface Step extends TensorMoments {
  step: Float64Array;
}

function byElement(g: Float64Array, old: TensorMoments, n: number, settings: Settings): Step {
  const rule = lookUp(rules, settings.optimizer);
  const next = Array.from(g, (x, i) => rule(x, { m: old.m[i]!, v: old.v[i]! }, n, settings));
  const numbers = (key: 'm' | 'v' | 'step') => Float64Array.from(next, (element) => element[key]);
  return { m: numbers('m'), v: numbers('v'), step: numbers('step') };
}

/** The linear maps of blocks, which Muon moves as whole matrices. */
const isLinear = (name: string): boolean =>
  name.startsWith('blocks.') &&
  ['wq', 'wk', 'wv', 'wo', 'w_in', 'w_out', 'w_gate'].includes(name.split('.').at(-1)!);

/** Vectors by symbol or position, and the unembedding. */
const isTable = (name: string): boolean =>
  ['embed.token', 'embed.position', 'unembed'].includes(name);

/** Update n, counted from 0. */
export function referenceUpdate(
  config: RefConfig,
  weights: Weights,
  grads: Map<string, Float64Array>,
  state: OptimizerState,
  n: number,
): Update {
  const settings = complete(config);
  const lr = learningRate(config, n);
  const grad_norm = normOf(grads);
  const clip = settings.grad_clip ? Math.min(1, settings.grad_clip / grad_norm) : 1;
  const update: Update = {
    weights: new Map(weights),
    state: new Map(),
    update_ratio: new Map(),
    output: { grad_norm, clip_factor: clip, lr, loss_scale: 1, changed: 0 },
  };
  for (const [name, { shape, data }] of weights) {
    if (!isParameter(name)) continue;
    const before = Float64Array.from(data);
    const zeros = () => new Float64Array(before.length);
    const old = state.get(name) ?? { m: zeros(), v: zeros() };
    const decay = isLinear(name) || isTable(name) ? settings.weight_decay : 0;
    const decoupled = settings.optimizer === 'adamw';
    const g = before.map((w, i) => grads.get(name)![i]! * clip + (decoupled ? 0 : decay * w));
    const { m, v, step }: Step =
      settings.optimizer === 'muon' && isLinear(name)
        ? { v: old.v, ...muonStep(g, old.m, shape as [number, number], settings.beta1) }
        : byElement(g, old, n, settings);
    const after = before.map((w, i) => w - lr * (step[i]! + (decoupled ? decay * w : 0)));
    update.weights.set(name, { shape, data: after });
    update.state.set(name, { m, v });
    if (after.some((w, i) => w !== before[i])) update.output.changed = 1;
    update.update_ratio.set(name, rms(after.map((w, i) => w - before[i]!)) / rms(before));
  }
  return update;
}

/** The norm of the whole gradient. */
function normOf(grads: Map<string, Float64Array>): number {
  let squares = 0;
  for (const grad of grads.values()) for (const g of grad) squares += g * g;
  return Math.sqrt(squares);
}
